import { inWritingOrder, parameterValue, type Parameter } from '../domain/parameter.ts'
import type { Exchange, Headend, ParameterWrite } from '../headend/headend.ts'
import {
  claimDownloads,
  endDownload,
  endOldDownloads,
  isRunning,
  postponeDownload,
  recoverDownloads,
  type Download,
  type DownloadEnd,
} from '../store/batch-downloads.ts'
import type { Reach } from '../store/headends.ts'
import { notifyLive } from '../store/notify.ts'
import { createBell, loop, type FlowContext } from './process.ts'

/** Between two looks, elapsed time; an approved batch rings at once. */
const lookEveryMs = 1_000
/** Gateways that are written to at once; one meter each. */
const mostAtOnce = 16
/** A meter whose line is away is tried again no sooner (wall time). */
const againAfterMs = 5 * 60_000
/** For so long after its approval a download goes on trying (wall time). */
const lifetimeMs = 24 * 3_600_000

export type DownloadRunner = Readonly<{ wake(): void; run(signal: AbortSignal): Promise<void> }>

/**
 * Writes the parameters of approved batches, meter by meter and gateway by gateway, each proven by reading it back. A stop
 * is obeyed between two parameters; a restart reads first and writes only what is missing.
 */
export const createDownloadRunner = (
  context: FlowContext,
  headend: Pick<Headend, 'writeParameter'>,
  reach: Reach,
): DownloadRunner => {
  const { database, clock } = context
  const bell = createBell()
  const busy = new Map<number, Promise<void>>()

  const start = (download: Download, signal: AbortSignal): void => {
    const work = carryOut(context, headend, { ...download, writer: reach.self }, signal)
      .catch(async (error: unknown) => {
        context.log({
          level: 'error',
          what: `a download to meter ${String(download.meterId)} was interrupted`,
          detail: error,
        })
        await postponeDownload(database, { ...download, writer: reach.self }, clock.now() + againAfterMs, 'interrupted')
      })
      .catch((error: unknown) => context.log({ level: 'error', what: 'a download waits for a restart', detail: error }))
      .finally(() => {
        busy.delete(download.gatewayId)
        bell.ring()
      })
    busy.set(download.gatewayId, work)
  }

  return {
    wake: () => bell.ring(),
    async run(signal) {
      await loop(context, 'downloads', signal, async () => {
        await recoverDownloads(database)
        const now = clock.now()
        await endOldDownloads(database, now - lifetimeMs, now)
        const room = mostAtOnce - busy.size
        const claimed =
          room === 0
            ? []
            : await claimDownloads(database, { ...reach, busyGateways: [...busy.keys()], limit: room }, now)
        for (const download of claimed) start(download, signal)
        await bell.wait(clock, lookEveryMs, signal)
      })
      await Promise.allSettled(busy.values())
    },
  }
}

/** What is kept of one parameter, for whoever asks later what was done to the meter. */
type Written = Readonly<{
  item: string
  value: string
  outcome: ParameterWrite['kind'] | 'already'
  detail: string | null
  before: string | null
  after: string | null
  exchanges: readonly Readonly<{
    at: number
    meaning: string
    request: string
    response: string | null
    durationMs: number
  }>[]
}>

const carryOut = async (
  { database, clock }: FlowContext,
  headend: Pick<Headend, 'writeParameter'>,
  download: Download & Readonly<{ writer: string }>,
  signal: AbortSignal,
): Promise<void> => {
  const detail: Written[] = []
  for (const parameter of inWritingOrder(download.parameters)) {
    const value = parameterValue(parameter)
    if (value === null) throw new Error(`the batch holds ${parameter.item} ${parameter.value}, which is no value of it`)
    const write = await headend.writeParameter(download.meterId, {
      name: parameter.item,
      value,
      confirm: async () =>
        (await isRunning(database, download.batchId)) ? { go: true } : { go: false, reason: 'batch-stopped' },
      signal,
    })
    detail.push(writtenOf(parameter, write))
    if (write.kind === 'verified') continue
    // The rest is not written: prices of which one was refused must not be switched to.
    if (write.kind === 'not-sent') await postponeDownload(database, download, clock.now() + againAfterMs, write.code)
    else await endDownload(database, download, endOf(write, detail), clock.now())
    await notifyLive(database, ['batch'])
    return
  }
  await endDownload(database, download, { state: 'written', because: null, detail }, clock.now())
  await notifyLive(database, ['batch'])
}

const endOf = (write: Exclude<ParameterWrite, { kind: 'verified' | 'not-sent' }>, detail: unknown): DownloadEnd =>
  write.kind === 'withdrawn'
    ? { state: 'skipped', because: write.reason, detail }
    : { state: 'failed', because: write.detail, detail }

const writtenOf = ({ item, value }: Parameter, write: ParameterWrite): Written => ({
  item,
  value,
  outcome: write.kind === 'verified' && write.already ? 'already' : write.kind,
  detail: 'detail' in write ? write.detail : 'reason' in write ? write.reason : null,
  before: write.kind === 'verified' ? hexOf(write.before) : null,
  after: write.kind === 'unverified' && write.after !== null ? hexOf(write.after) : null,
  exchanges: write.exchanges.map(exchangeOf),
})

const exchangeOf = ({ at, meaning, request, response, durationMs }: Exchange): Written['exchanges'][number] => ({
  at,
  meaning,
  request: hexOf(request),
  response: response === null ? null : hexOf(response),
  durationMs,
})

const hexOf = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ')
