import { encodeValue, identifiers, type Reply, type Request } from '@xianfu/protocols'
import { localTime } from '../../../domain/calendar.ts'
import { handMadeMeter, type HandMadeMeter } from '../../../headend/testing/hand-made-field.ts'

/** What a hand-made meter needs on the workbench beside its register and relay: a clock, a memory, a password. */
export type WorkshopOptions = Readonly<{
  /** By identifier; written when the password is right. */
  memory?: Readonly<Record<number, Uint8Array>>
  clockOffsetMs?: number
  password?: string
  /** Level of the password it wants. */
  level?: number
}>

export type WorkshopMeter = HandMadeMeter & { clockOffsetMs: number; readonly memory: Map<number, Uint8Array> }

export const workshopZone = 'Asia/Shanghai'

const broadcastLimitMs = 300_000

export const workshopMeter = (address: string, options: WorkshopOptions = {}): WorkshopMeter => {
  const { password = '123456', level = 2 } = options
  const memory = new Map(Object.entries(options.memory ?? {}).map(([id, data]) => [Number(id), data]))
  const meter: WorkshopMeter = Object.assign(handMadeMeter(address), {
    clockOffsetMs: options.clockOffsetMs ?? 0,
    memory,
  })
  const now = () => localTime(Date.now() + meter.clockOffsetMs, workshopZone)
  const setTo = (change: Partial<ReturnType<typeof now>>): void => {
    const at = (time: ReturnType<typeof now>): number =>
      Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second)
    meter.clockOffsetMs += at({ ...now(), ...change }) - at(now())
  }
  const refusal = (functionCode: number, reason: 'wrong-password' | 'no-data'): Reply => ({
    kind: 'error',
    address,
    functionCode,
    errors: { raw: reason === 'no-data' ? 2 : 4, reasons: [reason] },
  })
  const isRight = (request: Extract<Request, { kind: 'write' | 'control' }>): boolean =>
    request.credentials.password === password && request.credentials.level === level

  meter.instead = (request) => {
    if (request.kind === 'read') {
      const { identifier } = request
      const data =
        identifier === identifiers.dateAndWeekday.id
          ? encodeValue('dateAndWeekday', now())
          : identifier === identifiers.time.id
            ? encodeValue('time', now())
            : memory.get(identifier)
      return data === undefined ? undefined : { kind: 'read', address, identifier, data, more: false }
    }
    if (request.kind === 'set-time') {
      const before = meter.clockOffsetMs
      setTo(request.time)
      if (Math.abs(meter.clockOffsetMs - before) >= broadcastLimitMs) meter.clockOffsetMs = before
      return null
    }
    if (request.kind === 'control') return isRight(request) ? undefined : refusal(0x1c, 'wrong-password')
    if (request.kind !== 'write') return undefined
    if (!isRight(request)) return refusal(0x14, 'wrong-password')
    const { identifier, data } = request
    const digit = (index: number): number => Number((data[index] ?? 0).toString(16))
    if (identifier === identifiers.dateAndWeekday.id) setTo({ day: digit(1), month: digit(2), year: 2000 + digit(3) })
    else if (identifier === identifiers.time.id) setTo({ second: digit(0), minute: digit(1), hour: digit(2) })
    else if (memory.has(identifier)) memory.set(identifier, Uint8Array.from(data))
    else return refusal(0x14, 'no-data')
    return { kind: 'write', address }
  }
  return meter
}
