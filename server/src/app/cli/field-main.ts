import { Command, CommanderError } from 'commander'
import { strictly } from './command.ts'
import { frameCommand } from './frame/frame-command.ts'
import { meterCommand } from './meter/meter-command.ts'
import { terminalDesk } from './terminal-desk.ts'

/** The commands that need no server; asked for by these words, they start without loading one. */
export const fieldCommands = (): readonly Command[] => [meterCommand(terminalDesk), frameCommand(terminalDesk)]

/** Runs one of them; resolves with the exit code. */
export const fieldMain = async (argv: readonly string[]): Promise<number> => {
  const program = new Command('xianfu')
  for (const command of fieldCommands()) program.addCommand(command)
  try {
    await strictly(program).parseAsync([...argv])
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    throw error
  }
}
