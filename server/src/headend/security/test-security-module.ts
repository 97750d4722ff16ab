import { createHash } from 'node:crypto'
import { joinBytes } from '@xianfu/protocols'
import type { SecurityModule } from './security-module.ts'

export type TestSecurityOptions = Readonly<{
  /** The key that the virtual meters of the field were given; whoever has it can make purchases. */
  key: string
  random(bytes: number): Uint8Array
}>

/**
 * Stands in for the utility's cipher machine where the meters are virtual: the same keyed hash as the test ESAM of the
 * simulator (docs/simulator.md), one key for all meters. It protects nothing, and no real meter will ever accept it; a
 * server for a real field starts with it only when told so.
 */
export const createTestSecurityModule = ({ key, random }: TestSecurityOptions): SecurityModule => {
  const digest = (purpose: string, bytes: Uint8Array): Uint8Array =>
    new Uint8Array(createHash('sha256').update(`${key}\0${purpose}\0`).update(bytes).digest())
  const macOf = (bytes: Uint8Array): Uint8Array => digest('mac', bytes).subarray(0, 4)
  return {
    name: 'test',
    identify: async ({ dispersionFactor }) => {
      const own = random(8)
      return { cipher: digest('identity', joinBytes([own, dispersionFactor])).subarray(0, 8), random: own }
    },
    sealPurchase: async (_, { amountAndCount, customerNumber }) => ({
      amountMac: macOf(amountAndCount),
      customerMac: macOf(customerNumber),
    }),
    isGenuine: async (_, protectedBytes, mac) => {
      const expected = macOf(protectedBytes)
      return mac.length === expected.length && expected.every((byte, at) => byte === mac[at])
    },
  }
}
