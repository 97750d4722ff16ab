import { setTimeout as sleep } from 'node:timers/promises'
import { uuidv7 } from 'uuidv7'
import { createPay } from '../../server/dist/flow/pay.js'

/** Payments at a steady rate until `signal`: how long each took, in milliseconds. */
export const payMeanwhile = async (database, { meters, perSecond, now, signal }) => {
  const clock = { now: () => now, elapsedMs: () => performance.now(), rate: 1, delay: async (ms) => sleep(ms) }
  const pay = createPay(database, clock, { uuid: uuidv7 })
  const tookMs = []
  const inFlight = new Set()
  const startedMs = performance.now()
  if (perSecond <= 0) return []
  for (let count = 0; !signal.aborted; count += 1) {
    const accountId = ((count * 7_919) % meters) + 1
    // Measured from when it was due: a payment that could not even begin has waited too.
    const dueMs = startedMs + (count * 1000) / perSecond
    await sleep(Math.max(0, dueMs - performance.now()), undefined, { signal }).catch(() => undefined)
    if (signal.aborted) break
    const one = pay({ accountId, key: uuidv7(), amount: 10_000_000n, channel: 'cash-counter', operatorId: null })
      .then(() => tookMs.push(performance.now() - dueMs))
      .finally(() => inFlight.delete(one))
    inFlight.add(one)
  }
  await Promise.all(inFlight)
  return tookMs
}
