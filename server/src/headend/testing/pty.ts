import { closeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { ReadStream } from 'node:tty'

/** A pseudo-terminal: a serial port for whoever opens `path`, with the test on the other side of the wire. */
export type Pty = Readonly<{ path: string; far: ReadStream; close(): void }>

type Binary = Readonly<{ open(columns: number, rows: number): { master: number; slave: number; pty: string } }>

/**
 * Node alone cannot unlock a pseudo-terminal, so the prebuilt binary of @lydell/node-pty does; it comes with npm for
 * Linux and macOS. Null where there is none (Windows has no such ports).
 */
export const loadPty = (): (() => Pty) | null => {
  const binary = loadBinary()
  return binary === null ? null : () => open(binary)
}

const loadBinary = (): Binary | null => {
  try {
    const load = createRequire(import.meta.url)
    const binary = load(`@lydell/node-pty-${process.platform}-${process.arch}/pty.node`) as Binary
    open(binary).close()
    return binary
  } catch {
    return null
  }
}

const open = (binary: Binary): Pty => {
  const { master, slave, pty } = binary.open(80, 24)
  const far = new ReadStream(master)
  far.on('error', () => undefined)
  return {
    path: pty,
    far,
    close() {
      far.destroy()
      // Held open until now: without anybody on it the far side would end.
      closeSync(slave)
    },
  }
}

/** Two ports with a cable between them. */
export const cable = (openPty: () => Pty): Readonly<{ near: string; far: string; close(): void }> => {
  const near = openPty()
  const far = openPty()
  near.far.on('data', (bytes) => far.far.write(bytes))
  far.far.on('data', (bytes) => near.far.write(bytes))
  return {
    near: near.path,
    far: far.path,
    close() {
      near.close()
      far.close()
    },
  }
}
