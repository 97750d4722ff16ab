/** Alarms about reaching the field. What is behind a thing that is away raises none of its own: one cause, one alarm. */
export type CommunicationAlarmKind = 'gateway-offline' | 'line-dead' | 'meter-silent'

/** Settings of a site. */
export type CommunicationLimits = Readonly<{
  /** A gateway is away when it has been offline for so long, wall time … */
  offlineAfterMs: number
  /** … and back when it has stayed online for so long. */
  backForMs: number
  /** Reads of a meter that failed one after the other. */
  silentAfterReads: number
}>

/** Fewer meters that are silent say nothing about their line. */
export const leastMetersOfDeadLine = 2

export type GatewayReach = Readonly<{
  id: number
  online: boolean
  /** Wall time of the last change of `online`. */
  since: number
  /** Collection rests for maintenance: its alarms stay as they are. */
  paused: boolean
  /** In so much time after it came back each of its meters has been asked again. */
  readEveryMs: number
  limits: CommunicationLimits
}>

/**
 * The line of a gateway, by its number: how many of its meters are silent, and of how many. Where it is there and none is, one
 * meter stands for all: thousands of lines that are well need not be counted.
 */
export type LineReach = Readonly<{ gatewayId: number; meters: number; silent: number }>

export type MeterReach = Readonly<{ id: number; gatewayId: number; missedReads: number }>

/** `id` is the meter's number, or the gateway's for its own alarm and that of its line. */
export type CommunicationAlarm = Readonly<{ kind: CommunicationAlarmKind; id: number }>

/** Why an alarm is over: the thing is there again, was taken out of the archive, or hides behind a greater cause. */
export type AlarmEnd = 'back-online' | 'answers-again' | 'gone' | 'behind-gateway' | 'behind-line'

export type FieldReach = Readonly<{
  gateways: readonly GatewayReach[]
  /** Lines that are not given have no meters. */
  lines: readonly LineReach[]
  /** At least those that are silent on a line that is not, and those that have an open alarm. */
  meters: readonly MeterReach[]
  open: readonly CommunicationAlarm[]
}>

export type CommunicationChange = Readonly<{
  open: readonly CommunicationAlarm[]
  close: readonly Readonly<{ alarm: CommunicationAlarm; because: AlarmEnd }>[]
}>

/**
 * Which alarms begin and which end. A gateway's opens after a while and ends after another, so that one which comes and
 * goes does not ring each time. A line is dead when all of its meters are silent and its gateway is there. Lines and
 * meters are judged by what was asked of them after their gateway came back; until then their alarms stay as they are.
 */
export const judgeCommunication = (field: FieldReach, now: number): CommunicationChange => {
  const opened: CommunicationAlarm[] = []
  const closed: { alarm: CommunicationAlarm; because: AlarmEnd }[] = []
  const isOpen = new Set(field.open.map(alarmKey))
  const become = (kind: CommunicationAlarmKind, id: number, wanted: true | AlarmEnd | 'as-it-is'): void => {
    const alarm = { kind, id }
    const open = isOpen.delete(alarmKey(alarm))
    if (wanted === true && !open) opened.push(alarm)
    else if (wanted !== true && wanted !== 'as-it-is' && open) closed.push({ alarm, because: wanted })
  }

  const wasAway = new Set(isOpen)
  const gateways = new Map(field.gateways.map((gateway) => [gateway.id, gateway]))
  const away = new Set<number>()
  const judged = new Set<number>()
  for (const gateway of field.gateways) {
    const { id, online, since, paused, readEveryMs } = gateway
    const wasOpen = wasAway.has(alarmKey({ kind: 'gateway-offline', id }))
    const isAway = paused ? wasOpen : gatewayIsAway(gateway, wasOpen, now)
    if (isAway) away.add(id)
    else if (online && !paused && now - since >= readEveryMs) judged.add(id)
    become('gateway-offline', id, isAway ? true : 'back-online')
  }

  const dead = new Set<number>()
  for (const { gatewayId: id, meters, silent } of field.lines) {
    if (!gateways.has(id)) continue
    const wasDead = isOpen.has(alarmKey({ kind: 'line-dead', id }))
    const isDead = judged.has(id) ? meters >= leastMetersOfDeadLine && silent >= meters : wasDead
    if (isDead && !away.has(id)) dead.add(id)
    become('line-dead', id, away.has(id) ? 'behind-gateway' : isDead ? true : 'answers-again')
  }

  for (const { id, gatewayId, missedReads } of field.meters) {
    const gateway = gateways.get(gatewayId)
    if (gateway === undefined) continue
    const isSilent = judged.has(gatewayId) && missedReads >= gateway.limits.silentAfterReads
    if (away.has(gatewayId)) become('meter-silent', id, 'behind-gateway')
    else if (dead.has(gatewayId)) become('meter-silent', id, 'behind-line')
    else become('meter-silent', id, isSilent ? true : missedReads === 0 ? 'answers-again' : 'as-it-is')
  }
  for (const alarm of field.open) if (isOpen.has(alarmKey(alarm))) closed.push({ alarm, because: 'gone' })
  return { open: opened, close: closed }
}

const gatewayIsAway = ({ online, since, limits }: GatewayReach, wasAway: boolean, now: number): boolean =>
  wasAway ? !online || now - since < limits.backForMs : !online && now - since >= limits.offlineAfterMs

const alarmKey = ({ kind, id }: CommunicationAlarm): string => `${kind} ${String(id)}`
