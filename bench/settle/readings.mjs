/** One reading of every meter at one half hour; energy differs from meter to meter and adds up by rate. */
export const roundOf = (meters, at, round) =>
  Array.from({ length: meters }, (_, index) => {
    const meterId = index + 1
    const used = BigInt(200 + (meterId % 700)) * BigInt(round)
    return {
      meterId,
      at,
      registers: {
        totalWh: 1_000_000n + used * 4n,
        ratesWh: [250_000n + used, 250_000n + used, 250_000n + used, 250_000n + used],
      },
      powerMilliwatts: 1_500_000,
      obtained: 'scheduled',
      status: { relay: 'closed', relayCommand: 'closed', keepPower: false, alarm: false },
    }
  })

const metersPerLine = 200
/** As many as the server lets wait (flow/reading-buffer); they are put in the order of their meters. */
const waiting = 20_000

/** In the order in which lines bring them: one of each line, then the next of each. */
const byLines = (readings) => {
  const lines = Math.ceil(readings.length / metersPerLine)
  const mixed = []
  for (let place = 0; place < metersPerLine; place += 1)
    for (let line = 0; line < lines; line += 1) {
      const reading = readings[line * metersPerLine + place]
      if (reading !== undefined) mixed.push(reading)
    }
  return mixed
}

/** No two neighbours near each other: what an order that is nobody's costs. */
const scattered = (readings) => readings.map((_, index) => readings[(index * 7_919) % readings.length])

/** As the server puts what waits in order, and into lanes by blocks of neighbours. */
const neighbours = 64
const inOrderAsTheyWait = (readings) => {
  const ordered = []
  for (let from = 0; from < readings.length; from += waiting)
    for (const one of readings.slice(from, from + waiting).sort((a, b) => a.meterId - b.meterId)) ordered.push(one)
  return ordered
}

/** For each lane a round's batches as the server cuts them; `scattered` leaves them in an order that is nobody's. */
export const lanesOf = (readings, { lanes, size, order }) => {
  const all = order === 'scattered' ? scattered(readings) : inOrderAsTheyWait(byLines(readings))
  return Array.from({ length: lanes }, (_, lane) => {
    const own = all.filter(({ meterId }) => Math.floor(meterId / neighbours) % lanes === lane)
    return Array.from({ length: Math.ceil(own.length / size) }, (_, index) =>
      own.slice(index * size, (index + 1) * size),
    )
  })
}
