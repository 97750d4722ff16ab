import { statusWord3, type StatusWord3 } from '@xianfu/protocols'
import type {
  ControlOutcome,
  ControlRequest,
  Exchange,
  Headend,
  MeterAction,
  ReadOutcome,
} from '../../headend/headend.ts'

/**
 * A field whose answers a test writes down: it asks for the confirmation like the real one, reports the steps that the
 * real one would, and remembers what left the house. What the real headend does on a wire is tested there.
 */
export type ScriptedHeadend = Headend &
  Readonly<{
    /** Actions whose bytes have left. */
    sent: readonly MeterAction[]
    /** Every call, with whether the state was to be read first. */
    calls: readonly Readonly<{ action: MeterAction; readStateFirst: boolean }>[]
    /** What happens after the bytes have left; `obey` by default. */
    behave(next: Happening): void
    /** What a read brings from now on; at first the gateway is offline. */
    tell(values: ReadOutcome['values'] | 'refused' | 'silent'): void
    /** Somebody presses the button of the meter. */
    press(): void
    /** Called between the queue and the line, as if the line were busy so long. */
    before(what: (action: MeterAction) => Promise<void>): void
    relay: 'closed' | 'open'
  }>

/** `obey-permit`: a permitted close waits for the button. */
type Happening = 'obey' | 'obey-permit' | 'silence' | 'silence-but-obeyed' | 'refusal' | 'stuck' | 'offline' | 'crash'

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))

export const createScriptedHeadend = (): ScriptedHeadend => {
  const sent: MeterAction[] = []
  const calls: { action: MeterAction; readStateFirst: boolean }[] = []
  let relay: 'closed' | 'open' = 'closed'
  let keepPower = false
  let alarm = false
  let next: Happening = 'obey'
  let told: ReadOutcome['values'] | 'refused' | 'silent' | null = null
  let beforeSending: (action: MeterAction) => Promise<void> = async () => undefined

  const status = (): StatusWord3 => ({
    ...statusWord3(0),
    relay,
    relayCommand: relay,
    keepPower,
    preTripAlarm: alarm,
  })
  const exchange = (meaning: string): Exchange => ({
    at: 0,
    durationMs: 1,
    request: bytes('6816'),
    response: bytes('6816'),
    meaning,
  })
  const obey = (action: MeterAction): void => {
    if (action === 'trip') relay = 'open'
    if (action === 'direct-close' || action === 'permit-close') relay = 'closed'
    if (action.startsWith('keep-power')) keepPower = action === 'keep-power-on'
    if (action.startsWith('alarm')) alarm = action === 'alarm-on'
  }
  const isSo = (action: MeterAction): boolean => {
    if (action === 'trip') return relay === 'open'
    if (action.startsWith('keep-power')) return keepPower === (action === 'keep-power-on')
    if (action.startsWith('alarm')) return alarm === (action === 'alarm-on')
    return relay === 'closed'
  }

  const control = async (request: ControlRequest): Promise<ControlOutcome> => {
    const { action } = request
    calls.push({ action, readStateFirst: request.readStateFirst })
    if (next === 'offline') return { kind: 'not-sent', code: 'gateway-offline', detail: 'the gateway is not connected' }
    await beforeSending(action)
    if (request.readStateFirst && isSo(action)) {
      request.onStep({ kind: 'state-read', status: status(), exchange: exchange('read statusWord3') })
      return { kind: 'verified', already: true, status: status(), at: 0 }
    }
    const confirmed = await request.confirm()
    if (!confirmed.go) return { kind: 'withdrawn', reason: confirmed.reason }
    sent.push(action)
    const happening = next
    if (happening === 'crash') throw new Error('the process was interrupted')
    if (happening === 'silence-but-obeyed') obey(action)
    if (happening === 'silence' || happening === 'silence-but-obeyed')
      return { kind: 'unanswered', detail: 'no answer within 500 ms' }
    if (happening === 'refusal') return { kind: 'refused', errors: { raw: 4, reasons: ['wrong-password'] } }
    request.onStep({ kind: 'acknowledged', exchange: exchange(action) })
    if (happening === 'stuck') return { kind: 'unverified', status: status(), detail: 'the status word says otherwise' }
    if (happening === 'obey-permit' && action === 'permit-close') {
      const waits: StatusWord3 = { ...status(), relay: 'open', relayCommand: 'closed' }
      request.onStep({ kind: 'state-read', status: waits, exchange: exchange('read statusWord3') })
      return { kind: 'verified', already: false, status: waits, at: 0 }
    }
    obey(action)
    request.onStep({ kind: 'state-read', status: status(), exchange: exchange('read statusWord3') })
    return { kind: 'verified', already: false, status: status(), at: 0 }
  }

  return {
    sent,
    calls,
    behave: (happening) => {
      next = happening
    },
    press: () => {
      relay = 'closed'
    },
    before: (what) => {
      beforeSending = what
    },
    get relay() {
      return relay
    },
    start: async () => ({ port: 0 }),
    stop: async () => undefined,
    configure: () => undefined,
    tell: (values) => {
      told = values
    },
    read: async () => {
      const nothing = { values: {}, times: {}, exchanges: [] }
      if (told === null) return { ok: false, code: 'gateway-offline', detail: '', ...nothing }
      if (told === 'silent') return { ok: false, code: 'no-answer', detail: '', ...nothing }
      if (told === 'refused') return { ok: false, code: 'refused-by-meter', detail: '', ...nothing }
      return { ok: true, at: 0, values: told, times: {}, exchanges: [] }
    },
    readStored: async () => ({ ok: false, code: 'gateway-offline', detail: '', exchanges: [] }),
    setClock: async () => ({ ok: false, code: 'gateway-offline', detail: '', exchanges: [] }),
    control: async (_, request) => control(request),
    writeParameter: async () => ({ kind: 'not-sent', code: 'gateway-offline', detail: '', exchanges: [] }),
    readPurse: async () => ({ ok: false, code: 'gateway-offline', detail: '', exchanges: [] }),
    writePurse: async () => ({ kind: 'unknown', reason: 'not sent', exchanges: [] }),
    readSigns: async () => ({
      ok: false,
      code: 'gateway-offline',
      detail: '',
      at: 0,
      states: null,
      counts: [],
      absent: [],
      frame: null,
      exchanges: [],
    }),
    readEventRecord: async () => ({ ok: false, code: 'gateway-offline', detail: '', exchanges: [] }),
    gateways: () => [],
    gateway: () => null,
    lines: () => [],
    onGatewayChange: () => undefined,
    hangUp: () => undefined,
  }
}
