import { vi } from 'vitest'
import { main } from '../main.ts'

export type CommandRun = Readonly<{ code: number; out: string; err: string }>

/** Runs a command as a person types it; what it writes is kept and not shown. */
export const runCommand = async (...words: string[]): Promise<CommandRun> => {
  process.exitCode = 0
  let [out, err] = ['', '']
  const written = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      out += String(text)
      return true
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      err += String(text)
      return true
    }),
  ]
  try {
    const code = await main(['node', 'xianfu', ...words])
    return { code, out, err }
  } finally {
    for (const spy of written) spy.mockRestore()
    process.exitCode = 0
  }
}
