import { spawn, type ChildProcess } from 'node:child_process'
import { open, rename, stat } from 'node:fs/promises'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type { Binaries } from './binaries.ts'
import { socketPort } from './places.ts'
import { spawnIdentity, type RunAs } from './run-as.ts'

/** A server that we have started. */
export type ServerProcess = Readonly<{
  /** The postmaster's process number, once known. */
  pid(): number | undefined
  /** Resolves when the server and all its children are gone. */
  gone: Promise<void>
  /** True from then on. */
  isGone(): boolean
  /** Asks for a clean, fast shutdown (open transactions are rolled back, everything is written). */
  requestStop(): void
}>

/** Measured as sufficient for a million readings per half hour; each can be overridden. */
const defaultSettings: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  fsync: 'on',
  synchronous_commit: 'on',
  shared_buffers: '128MB',
  max_wal_size: '2GB',
  wal_compression: 'on',
  jit: 'off',
  random_page_cost: '1.1',
  max_connections: '100',
  timezone: 'UTC',
  log_timezone: 'UTC',
}

/** A log longer than this is set aside (one generation) at the next start. */
const maximumLogBytes = 10 * 1024 * 1024

/** Independent of what the machine has installed: byte order sorting, English messages, UTC. */
export const serverEnvironment = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

/*
 * The shell ties the server's life to ours: its standard input is a pipe that the kernel closes when we end, in
 * whatever way, and then the server is asked for a clean shutdown. Descriptor 3 is held open by the server and its
 * children alone, so that its end tells us that all of them are gone.
 */
const script = `
"$@" </dev/null &
P=$!
echo $P >&3
exec 3>&-
trap '' INT TERM HUP
cat >/dev/null
kill -INT $P 2>/dev/null
wait $P`

export const spawnServer = async (
  options: Readonly<{
    binaries: Binaries
    cluster: string
    socketDirectory: string
    logFile: string
    settings: Readonly<Record<string, string>>
    runAs: RunAs
  }>,
): Promise<ServerProcess> => {
  const { binaries, cluster, socketDirectory, settings, runAs } = options
  const words = Object.entries({ ...defaultSettings, ...settings }).flatMap(([key, value]) => ['-c', `${key}=${value}`])
  const log = await openLog(options.logFile)
  try {
    const child = spawn(
      '/bin/sh',
      [
        '-c',
        script,
        'sh',
        binaries.postgres,
        '-D',
        cluster,
        '-p',
        String(socketPort),
        '-k',
        quoted(socketDirectory),
        ...words,
      ],
      // A session of its own: Ctrl-C in the terminal is for us, and we stop the server when our own work is done.
      {
        ...spawnIdentity(runAs),
        cwd: '/',
        env: serverEnvironment,
        detached: true,
        stdio: ['pipe', log.fd, log.fd, 'pipe'],
      },
    )
    await once(child, 'spawn')
    return supervise(child)
  } finally {
    await log.close()
  }
}

/** The setting is a list: a comma in the path would otherwise make two folders of it. */
const quoted = (folder: string): string => `"${folder.replaceAll('"', '""')}"`

const supervise = (child: ChildProcess): ServerProcess => {
  const life = child.stdio[3] as Readable
  let over = false
  let said = ''
  const gone = new Promise<void>((resolve) => {
    const end = (): void => {
      over = true
      child.stdin?.end()
      resolve()
    }
    life.once('end', end)
    life.once('error', end)
    life.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  })
  child.on('error', () => undefined)
  child.stdin?.on('error', () => undefined)
  // The server shall not keep us alive: whoever needs it holds connections or waits for `gone`.
  child.unref()
  for (const stream of [child.stdin, life]) (stream as unknown as { unref(): void }).unref()
  return {
    pid: () => (said.includes('\n') ? Number.parseInt(said, 10) : undefined),
    gone,
    isGone: () => over,
    requestStop: () => {
      ;(life as unknown as { ref(): void }).ref()
      child.stdin?.end()
    },
  }
}

const openLog = async (file: string): ReturnType<typeof open> => {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  )
  if (size > maximumLogBytes) await rename(file, `${file}.1`)
  return open(file, 'a', 0o600)
}
