import type { Clock } from '../../domain/clock.ts'
import { SecurityModuleError, type SecurityModule } from './security-module.ts'

const lengths = { cipher: 8, random: 8, mac: 4 } as const

const checked = (bytes: Uint8Array, of: keyof typeof lengths): Uint8Array => {
  if (bytes instanceof Uint8Array && bytes.length === lengths[of]) return bytes
  throw new SecurityModuleError(`it gave a ${of} that is not ${String(lengths[of])} bytes`)
}

/**
 * A module is somebody else's program: whatever it throws, whatever it gives that cannot stand in a frame, and whatever
 * it does not give in time becomes a SecurityModuleError, and nothing leaves for the meter.
 */
export const guardSecurityModule = (
  module: SecurityModule,
  { clock, answerWithinMs }: Readonly<{ clock: Clock; answerWithinMs: number }>,
): SecurityModule => {
  const within = async <T>(ask: () => Promise<T>): Promise<T> => {
    const done = new AbortController()
    const tooLate = async (): Promise<never> => {
      await clock.delay(answerWithinMs, done.signal)
      throw new SecurityModuleError(`no answer within ${String(answerWithinMs)} ms`)
    }
    try {
      return await Promise.race([ask(), tooLate()])
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error)
      throw new SecurityModuleError(`security module ${module.name}: ${words}`, { cause: error })
    } finally {
      done.abort()
    }
  }
  return {
    name: module.name,
    identify: async (meter) =>
      within(async () => {
        const { cipher, random } = await module.identify(meter)
        return { cipher: checked(cipher, 'cipher'), random: checked(random, 'random') }
      }),
    sealPurchase: async (session, parts) =>
      within(async () => {
        const { amountMac, customerMac } = await module.sealPurchase(session, parts)
        return { amountMac: checked(amountMac, 'mac'), customerMac: checked(customerMac, 'mac') }
      }),
    // Nothing but true lets a purse be believed.
    isGenuine: async (session, bytes, mac) =>
      within(async () => {
        const answer: unknown = await module.isGenuine(session, bytes, mac)
        return answer === true
      }),
  }
}
