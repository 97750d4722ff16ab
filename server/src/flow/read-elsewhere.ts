import {
  answerFieldRequest,
  askHolder,
  dropOldFieldRequests,
  findFieldAnswer,
  takeFieldRequests,
} from '../store/field-requests.ts'
import { holderOfMeter } from '../store/headends.ts'
import { fieldAnswerChannel, fieldRequestChannel } from '../store/notify.ts'
import type { ReadNow, ReadNowResult } from './abilities.ts'
import { createBell, loop, type FlowContext } from './process.ts'

/** A person waits no longer for an answer of another process, elapsed time. */
const answerWithinMs = 30_000
/** A notice may be lost with its connection, so an answer is looked for so often without one. */
const lookEveryMs = 500
/** Reads for others that are taken up together. */
const requestsPerPass = 32
/** Longest sleep of who answers, elapsed time. */
const lookForWorkEveryMs = 1_000

/** Bytes do not go into JSON as they are. */
type WrittenResult =
  | Exclude<ReadNowResult, { ok: true }>
  | {
      ok: true
      at: number
      exchanges: readonly { meaning: string; request: string; response: string | null; durationMs: number }[]
    }

const written = (result: ReadNowResult): WrittenResult =>
  result.ok
    ? {
        ...result,
        exchanges: result.exchanges.map(({ request, response, ...rest }) => ({
          ...rest,
          request: Buffer.from(request).toString('base64'),
          response: response === null ? null : Buffer.from(response).toString('base64'),
        })),
      }
    : result

const read = (result: WrittenResult): ReadNowResult =>
  result.ok
    ? {
        ...result,
        exchanges: result.exchanges.map(({ request, response, ...rest }) => ({
          ...rest,
          request: Buffer.from(request, 'base64'),
          response: response === null ? null : Buffer.from(response, 'base64'),
        })),
      }
    : result

export type ElsewhereReader = Readonly<{ readNow: ReadNow; run(signal: AbortSignal): Promise<void> }>

/**
 * Reads where the socket is: a read that is asked of this process for a gateway in the hands of another goes there
 * through the database, and reads that others ask of us are done here.
 */
export const createElsewhereReader = (context: FlowContext, self: string, readHere: ReadNow): ElsewhereReader => {
  const { database, clock, ids, log } = context
  const bell = createBell()
  const waiting = new Map<string, () => void>()
  const underWay = new Set<Promise<void>>()

  const answer = async ({ id, meterId }: Readonly<{ id: string; meterId: number }>): Promise<void> => {
    const result = await readHere(meterId)
    await database.transaction(async (sql) => answerFieldRequest(sql, id, written(result)))
  }

  const step = async (signal: AbortSignal): Promise<void> => {
    const room = requestsPerPass - underWay.size
    const taken = room === 0 ? [] : await takeFieldRequests(database, self, room)
    for (const request of taken) {
      const work: Promise<void> = answer(request)
        .catch((error: unknown) => log({ level: 'error', what: 'a read for another process failed', detail: error }))
        .finally(() => {
          underWay.delete(work)
          bell.ring()
        })
      underWay.add(work)
    }
    await bell.wait(clock, lookForWorkEveryMs, signal)
  }

  const readThere = async (meterId: number, headendId: string): Promise<ReadNowResult> => {
    const id = ids.uuid()
    const answered = createBell()
    waiting.set(id, () => answered.ring())
    try {
      const untilMs = clock.elapsedMs() + answerWithinMs
      const never = new AbortController().signal
      await database.transaction(async (sql) => askHolder(sql, { id, meterId, headendId, validForMs: answerWithinMs }))
      for (let left = answerWithinMs; left > 0; left = untilMs - clock.elapsedMs()) {
        await answered.wait(clock, Math.min(left, lookEveryMs), never)
        const found = await findFieldAnswer(database, id)
        if (found !== null) return read(found as WrittenResult)
      }
      return { ok: false, code: 'gateway-offline' }
    } finally {
      waiting.delete(id)
    }
  }

  return {
    readNow: async (meterId) => {
      const holder = await holderOfMeter(database, meterId, self)
      return holder === null ? readHere(meterId) : readThere(meterId, holder)
    },
    async run(signal) {
      await database.listen(
        fieldRequestChannel,
        (payload) => {
          if (payload === '' || payload === self) bell.ring()
        },
        signal,
      )
      await database.listen(fieldAnswerChannel, (payload) => waiting.get(payload)?.(), signal)
      await dropOldFieldRequests(database)
      await loop(context, 'reads for others', signal, async () => step(signal))
      await Promise.allSettled(underWay)
    },
  }
}
