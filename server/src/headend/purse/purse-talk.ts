import type { MeterErrors, Request } from '@xianfu/protocols'
import { failureOf } from '../driver/ask-line.ts'
import { ask } from '../driver/dlt645-ask.ts'
import { noteAnswer, type FieldMeter } from '../driver/field-meter.ts'
import { turnFailureWords } from '../driver/read-meter.ts'
import type { Exchange, PurseFailure, PurseOptions } from '../headend.ts'

/** What came of one question about a purse. `hasLeft`: its bytes may have reached the meter. */
export type Said = Readonly<
  | { kind: 'data'; data: Uint8Array }
  | { kind: 'refused'; errors: MeterErrors }
  | { kind: 'nothing'; code: PurseFailure; detail: string; hasLeft: boolean }
>

/** One conversation with one meter about its purse: what was said is kept, and no answer is older than it. */
export type PurseTalk = Readonly<{
  exchanges: readonly Exchange[]
  /** Asks, and once more for each attempt that is left after silence. */
  ask(request: Request, meaning: string, attempts: number): Promise<Said>
}>

/** Each exchange has a turn of its own, so that a relay command waits for one exchange at most. */
export const createPurseTalk = (meter: FieldMeter, { priority, signal }: PurseOptions): PurseTalk => {
  const exchanges: Exchange[] = []
  const startedAtMs = meter.clock.elapsedMs()

  const askOnce = async (request: Request, meaning: string): Promise<Said> => {
    const turn = await meter.line.run({ priority, signal }, async (line) =>
      ask(line, meter, request, meaning, signal, startedAtMs),
    )
    if (!turn.ok) return { kind: 'nothing', code: turn.code, detail: turnFailureWords[turn.code], hasLeft: false }
    const asked = turn.value
    if (asked.kind !== 'not-sent') exchanges.push(asked.exchange)
    if (asked.kind !== 'reply') {
      if (asked.kind === 'silence') noteAnswer(meter, false)
      return { kind: 'nothing', ...failureOf(asked), hasLeft: asked.kind !== 'not-sent' }
    }
    noteAnswer(meter, true)
    const { reply } = asked
    if (reply.kind === 'error') return { kind: 'refused', errors: reply.errors }
    if ('data' in reply) return { kind: 'data', data: reply.data }
    return { kind: 'nothing', code: 'bad-answer', detail: `${meaning}: the answer is of another kind`, hasLeft: true }
  }

  return {
    exchanges,
    async ask(request, meaning, attempts) {
      let said = await askOnce(request, meaning)
      for (let attempt = 1; attempt < attempts && said.kind === 'nothing' && said.code === 'no-answer'; attempt += 1)
        said = await askOnce(request, meaning)
      return said
    },
  }
}
