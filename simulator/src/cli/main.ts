import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { anchoredClock, systemClock, type ClockAnchor } from '../time/clock.ts'
import { startControlServer } from '../control/control-server.ts'
import { readVillage } from '../village/read-village.ts'
import { startVillage } from '../village/start-village.ts'

type Options = Readonly<{
  village: string
  headend?: Readonly<{ host: string; port: number }>
  controlPort?: number
  clock?: ClockAnchor
  state?: string
  withParent?: boolean
}>

const hostAndPort = (text: string): { host: string; port: number } => {
  const match = /^(.+):(\d{1,5})$/u.exec(text)
  if (match === null) throw new InvalidArgumentError('must be HOST:PORT')
  return { host: match[1] ?? '', port: Number(match[2]) }
}

const portNumber = (text: string): number => {
  if (!/^\d{1,5}$/u.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('must be a port from 0 to 65535')
  return Number(text)
}

const anchor = (text: string): ClockAnchor => {
  if (!/^\d+,\d+,\d+(\.\d+)?$/u.test(text)) throw new InvalidArgumentError('must be VIRTUAL_MS,REAL_MS,RATE')
  const [virtualMs = 0, realMs = 0, rate = 1] = text.split(',').map(Number)
  return { virtualMs, realMs, rate }
}

const program = (run: (options: Options) => Promise<void>): Command =>
  new Command('xianfu-simulator')
    .description('A virtual field: DL/T 645-2007 meters on RS-485 lines behind TCP gateways.')
    .requiredOption('--village <file>', 'what there is: gateways, lines, meters (JSON)')
    .option('--headend <host:port>', 'where gateways dial in', hostAndPort)
    .option('--control-port <port>', 'HTTP port for experimenters on 127.0.0.1, 0 for any free one', portNumber)
    .option('--clock <virtual,real,rate>', 'wall clock: anchor in epoch milliseconds, and how fast it runs', anchor)
    .option('--state <file>', 'keep registers and relays here from run to run')
    .option('--with-parent', 'end when the standard input ends')
    .exitOverride()
    .action(run)

/** Exit code: 0 stopped when asked, 1 failed, 2 called wrongly. */
export const main = async (argv: readonly string[]): Promise<number> => {
  try {
    await program(run).parseAsync([...argv])
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    process.stderr.write(`xianfu-simulator: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}

const run = async (options: Options): Promise<void> => {
  const village = await readVillage(options.village)
  const running = await startVillage({
    village,
    clock: options.clock === undefined ? systemClock() : anchoredClock(options.clock),
    ...(options.headend && { headend: options.headend }),
    ...(options.state !== undefined && { statePath: options.state }),
    onEvent: ({ gateway, kind, detail }) => process.stderr.write(`${gateway} ${kind} ${detail}\n`),
  })
  let stop = (): void => undefined
  const stopped = new Promise<void>((resolve) => {
    stop = resolve
  })
  const control =
    options.controlPort === undefined ? null : await startControlServer(running, options.controlPort, () => stop())
  const gateways = running.gateways.map(({ options: { id, mode }, port }) => ({ id, mode, port }))
  process.stdout.write(`${JSON.stringify({ event: 'ready', controlPort: control?.port ?? null, gateways })}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop())
  if (options.withParent === true)
    process.stdin
      .resume()
      .once('end', () => stop())
      .once('close', () => stop())
  await stopped
  control?.close()
  await running.stop()
  process.stdin.destroy()
}
