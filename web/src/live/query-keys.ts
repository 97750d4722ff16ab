/** The keys of everything the console has read, in one place: what reads and what forgets must agree. */
export type QueryKey = readonly (string | number)[]

export const sessionKey = ['session'] as const
export const overviewKey = ['overview'] as const
export const metersKey = ['meters'] as const
export const messagesKey = ['messages'] as const
export const feedKey = ['feed'] as const
export const dayKey = ['day'] as const
export const batchesKey = ['batches'] as const
export const batchKey = (id: string): QueryKey => ['batch', id]
export const guardsKey = ['guards'] as const
export const completenessKey = ['completeness'] as const
export const restorationsKey = ['restorations'] as const
export const workItemsKey = ['work-items'] as const
export const fieldDaysKey = ['field-days'] as const
export const stopsKey = ['stops'] as const
export const noTripKey = ['no-trip'] as const
export const shiftKey = ['shift'] as const
export const requestsKey = ['operation-requests'] as const
export const foundKey = (text: string): QueryKey => ['found-accounts', text]
export const accountFileKey = (accountId: number): QueryKey => ['account-file', accountId]
export const differencesKey = ['differences'] as const
export const openingsKey = ['openings'] as const
export const linesKey = ['lines'] as const
export const sitesKey = ['sites'] as const
export const siteKey = (siteId: number): QueryKey => ['sites', siteId]
export const installationKey: QueryKey = ['sites', 'installation']
export const meterKey = (meterId: number): QueryKey => ['meter', meterId]
/** What a trip would come to; asked anew with everything else of the meter. */
export const foreseenKey = (meterId: number): QueryKey => ['meter', meterId, 'foreseen']
export const historyKey = (meterId: number, hours?: number): QueryKey =>
  hours === undefined ? ['history', meterId] : ['history', meterId, hours]
export const measurementsKey = (meterId: number, ...shown: readonly (string | number)[]): QueryKey => [
  'measurements',
  meterId,
  ...shown,
]
export const commandsKey = (meterId: number): QueryKey => ['commands', meterId]
export const loadKey = (meterId: number): QueryKey => ['load', meterId]
export const entriesKey = (accountId: number): QueryKey => ['entries', accountId]
export const accountStopKey = (accountId: number): QueryKey => ['account-stop', accountId]
export const purseKey = (meterId: number): QueryKey => ['purse', meterId]
export const lossKey = (meterId: number): QueryKey => ['loss', meterId]
/** What a top-up would do; asked anew whenever something of the account moves. */
export const quoteKey = (accountId: number, kind: string, value: string): QueryKey => ['quote', accountId, kind, value]
export const meterEventsKey = (meterId: number): QueryKey => ['events', meterId]
/** All meters of an account, which a topic about an account does not name. */
const allMetersKey: QueryKey = ['meter']
const allHistoriesKey: QueryKey = ['history']

/** Every batch that was opened. */
const allBatchesKey: QueryKey = ['batch']

/** Everything but the session, whose loss would show the sign-in page. */
export const liveKeys: readonly QueryKey[] = [
  overviewKey,
  metersKey,
  messagesKey,
  feedKey,
  dayKey,
  guardsKey,
  batchesKey,
  allBatchesKey,
  workItemsKey,
  completenessKey,
  restorationsKey,
  linesKey,
  sitesKey,
  allMetersKey,
  allHistoriesKey,
  ['measurements'],
  ['commands'],
  ['load'],
  ['entries'],
  stopsKey,
  noTripKey,
  ['account-stop'],
  ['quote'],
  ['purse'],
  ['loss'],
  ['events'],
  shiftKey,
  requestsKey,
  ['account-file'],
  ['found-accounts'],
]

const NUMBERED = /^(meter|account|command):(\d{1,10})$/u

const keysOfTopic = (topic: string): readonly QueryKey[] => {
  if (topic === 'message') return [messagesKey, feedKey]
  if (topic === 'guard') return [guardsKey, sitesKey]
  if (topic === 'site') return [sitesKey]
  if (topic === 'batch') return [batchesKey, allBatchesKey]
  if (topic === 'work-item') return [workItemsKey, overviewKey, feedKey, requestsKey, shiftKey]
  if (topic === 'event') return [['events']]
  if (topic === 'completeness') return [completenessKey]
  if (topic === 'gateway') return [metersKey, overviewKey, allMetersKey, linesKey]
  const found = NUMBERED.exec(topic)
  if (found === null) return liveKeys
  const id = Number(found[2])
  if (found[1] === 'meter')
    return [metersKey, overviewKey, meterKey(id), historyKey(id), measurementsKey(id), loadKey(id), purseKey(id)]
  if (found[1] === 'command') return [metersKey, overviewKey, meterKey(id), commandsKey(id), feedKey]
  const account = [entriesKey(id), ['quote', id], ['purse'], stopsKey, accountStopKey(id), accountFileKey(id)]
  return [metersKey, overviewKey, ...account, allMetersKey, allHistoriesKey, feedKey]
}

const covers = (wide: QueryKey, narrow: QueryKey): boolean =>
  wide.length <= narrow.length && wide.every((part, index) => part === narrow[index])

/** What to read again after these topics: each key once, none that a wider one already holds. */
export const keysOfTopics = (topics: Iterable<string>): readonly QueryKey[] => {
  const all = [...topics].flatMap((topic) => keysOfTopic(topic))
  return all.filter(
    (key, index) =>
      !all.some((other, at) => at !== index && covers(other, key) && (other.length < key.length || at < index)),
  )
}
