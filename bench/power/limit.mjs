/**
 * What no program can do better: the exchange that is on the wire when the payment comes, the close, and the look at the
 * status word, each as long as its bytes at the line's rate and the meter's slowest turnaround.
 */
import { encodeFrame, encodeReply, encodeRequest, encodeValue, identifiers } from '../../protocols/dist/index.js'

const wakeUpBytes = 4
/** DL/T 645-2007 at 8E1: start, eight data bits, parity, stop. */
const bitsPerByte = 11
/** The slowest turnaround of the simulator's meters (`answerDelayMs`). */
export const turnaroundMs = 60

const address = '202611000001'
const bytesOf = (frame) => encodeFrame(frame, { wakeUpBytes }).length

const readBytes = (name, value) => ({
  request: bytesOf(encodeRequest({ kind: 'read', address, identifier: identifiers[name].id })),
  reply: bytesOf(
    encodeReply({
      kind: 'read',
      address,
      identifier: identifiers[name].id,
      data: encodeValue(name, value),
      more: false,
    }),
  ),
})

const status = { raw: 0, ...decodedStatus() }
function decodedStatus() {
  return {
    relay: 'closed',
    relayCommand: 'closed',
    preTripAlarm: false,
    keepPower: false,
    meterType: 'none',
    programmingAllowed: false,
    supply: 'main',
    authenticated: false,
    localAccountOpened: true,
    remoteAccountOpened: true,
  }
}

/** What every scheduled round asks, and the two exchanges of a close; bytes both ways. */
export const exchanges = Object.freeze({
  forwardActiveEnergyBlock: readBytes('forwardActiveEnergyBlock', { total: 0, rates: [0, 0, 0, 0] }),
  statusWord3: readBytes('statusWord3', status),
  activePowerTotal: readBytes('activePowerTotal', 0),
  close: {
    request: bytesOf(
      encodeRequest({
        kind: 'control',
        address,
        action: 'direct-close',
        credentials: { level: 2, password: '000000', operator: '00000001' },
        validUntil: { year: 2026, month: 1, day: 1, hour: 0, minute: 0, second: 0 },
      }),
    ),
    reply: bytesOf(encodeReply({ kind: 'control', address, result: new Uint8Array(0) })),
  },
})

export const exchangeMs = ({ request, reply }, baudRate) =>
  ((request + reply) * bitsPerByte * 1_000) / baudRate + turnaroundMs

export const limitMs = (baudRate) => {
  const { close, statusWord3, ...reads } = exchanges
  const inFlight = Math.max(...[...Object.values(reads), statusWord3].map((one) => exchangeMs(one, baudRate)))
  return {
    inFlight,
    close: exchangeMs(close, baudRate),
    status: exchangeMs(statusWord3, baudRate),
    total: inFlight + exchangeMs(close, baudRate) + exchangeMs(statusWord3, baudRate),
  }
}
