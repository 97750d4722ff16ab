import {
  addressOf,
  demonstrationGateways,
  demonstrationTimeZone,
  households,
  meterPassword,
  meterPasswordLevel,
  type DemonstrationGateway,
} from './households.ts'

/** Where the registers stood when the meters were installed, Wh by rate. */
const startWh = (index: number): number[] => [210_000, 1_240_000, 3_380_000, 1_960_000].map((wh) => wh + index * 12_340)

const meterOf = (household: (typeof households)[number], index: number): object => ({
  address: addressOf(index),
  name: household.place,
  load: { ...household.load, shiftDays: 0 },
  constantWatts: household.constantWatts,
  password: meterPassword,
  passwordLevel: meterPasswordLevel,
  startWh: startWh(index),
  relay: { delayMs: 40, button: false },
  answerDelayMs: { min: 20, max: 60 },
  // Half hours that were missed are found in the load profile.
  memory: { profileMinutes: 30 },
  behaviours: [],
})

const gatewayOf = ({ code, registration, heartbeat, baudRate }: DemonstrationGateway): object => ({
  id: code,
  mode: 'dials-in',
  registration,
  heartbeat: { text: heartbeat, everyMs: 10_000 },
  reconnectMs: 1_000,
  line: { baudRate, parity: 'even', noise: 0, loss: 0, echo: false },
  meters: households.flatMap((household, index) => (household.gateway === code ? [meterOf(household, index)] : [])),
})

/** The same site for the simulator, in the form of its village files (see simulator/README.md). */
export const demonstrationVillage = (): object => ({
  name: 'demonstration',
  timeZone: demonstrationTimeZone,
  seed: 20_130_101,
  ratePeriods: [
    { from: '00:00', rate: 4 },
    { from: '08:00', rate: 2 },
    { from: '12:00', rate: 3 },
    { from: '17:00', rate: 2 },
    { from: '19:00', rate: 1 },
    { from: '21:00', rate: 3 },
  ],
  gateways: demonstrationGateways.map(gatewayOf),
})
