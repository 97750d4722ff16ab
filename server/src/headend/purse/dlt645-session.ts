import { decodeSecurityReply, encodeSecurityRequest, securityCommands, type SecurityName } from '@xianfu/protocols'
import { errorWords } from '../driver/dlt645-read.ts'
import type { FieldMeter } from '../driver/field-meter.ts'
import type { PurseFailure } from '../headend.ts'
import type { SecurityModule, SecuritySession } from '../security/security-module.ts'
import type { PurseTalk, Said } from './purse-talk.ts'
import { refusalWords } from './refusal-words.ts'

export type SessionOpened = Readonly<
  | { ok: true; session: SecuritySession }
  /** `no-chip`: this meter knows nothing of function 03H. */
  | { ok: false; code: PurseFailure | 'no-chip'; detail: string }
>

/** Identity authentication: nothing else of function 03H is answered without it. Repeating it does no harm. */
export const openSession = async (
  meter: FieldMeter,
  talk: PurseTalk,
  security: SecurityModule,
): Promise<SessionOpened> => {
  const { address } = meter.config
  const identity = { address, dispersionFactor: dispersionFactorOf(address) }
  const proof = await security.identify(identity)
  const { dispersionFactor } = identity
  const data = encodeSecurityRequest('authenticate', { ...proof, dispersionFactor })
  const said = await askSecurity(meter, talk, 'authenticate', data, meter.limits.readAttempts.person)
  if (said.kind === 'nothing') return { ok: false, code: said.code, detail: said.detail }
  if (said.kind === 'refused') {
    const isUnknown = said.errors.reasons.every((reason) => reason === 'other')
    return { ok: false, code: isUnknown ? 'no-chip' : 'refused-by-meter', detail: refusalWords(said.errors) }
  }
  const reply = decodeSecurityReply('authenticate', said.data)
  return reply.ok
    ? { ok: true, session: { ...identity, ...reply.value } }
    : { ok: false, code: 'bad-answer', detail: `identity: ${reply.detail}` }
}

export const askSecurity = async (
  { config: { address, credentials } }: FieldMeter,
  talk: PurseTalk,
  name: SecurityName,
  data: Uint8Array,
  attempts: number,
): Promise<Said> => {
  const { operator } = credentials
  return talk.ask(
    { kind: 'security', address, identifier: securityCommands[name].id, operator, data },
    meaningOf[name] ?? name,
    attempts,
  )
}

const meaningOf: Readonly<Partial<Record<SecurityName, string>>> = Object.freeze({
  authenticate: 'authenticate identity',
  queryStatus: 'query purse',
  openAccount: 'open account',
  recharge: 'recharge',
})

/** 0000 and the number of the meter, lowest byte first as everything in a frame. */
const dispersionFactorOf = (address: string): Uint8Array => {
  const factor = new Uint8Array(8)
  for (let index = 0; index < 6; index += 1)
    factor[index] = Number.parseInt(address.slice(10 - 2 * index, 12 - 2 * index), 16)
  return factor
}

/** What a read that is no security command was refused with. */
export const failureIn = (
  said: Exclude<Said, { kind: 'data' }>,
  name: string,
): Readonly<{ code: PurseFailure; detail: string }> =>
  said.kind === 'nothing'
    ? { code: said.code, detail: `${name}: ${said.detail}` }
    : { code: 'refused-by-meter', detail: `${name}: ${errorWords(said.errors)}` }
