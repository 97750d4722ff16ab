import { addressMatches, broadcastAddress, encodeFrame, encodeReply, wildcardAddress } from '@xianfu/protocols'
import { honestReply, type Answering, type HandMadeMeter } from '../../../headend/testing/hand-made-field.ts'

/**
 * Several meters on two wires: everyone whom a request means answers at the same moment, and answers that meet destroy
 * one another, because a 0 of anybody pulls the wires.
 */
export const workshopLine =
  (...meters: HandMadeMeter[]): Answering =>
  (request) => {
    const pattern = 'address' in request ? request.address : wildcardAddress
    const meant = meters.filter(({ address }) => pattern === broadcastAddress || addressMatches(pattern, address))
    const answers = meant.flatMap((meter) => {
      const own =
        'address' in request && pattern !== broadcastAddress ? { ...request, address: meter.address } : request
      const other = meter.instead?.(own)
      const reply = other === undefined ? honestReply(meter, own) : other
      return reply === null || pattern === broadcastAddress ? [] : [encodeFrame(encodeReply(reply), { wakeUpBytes: 2 })]
    })
    const longest = Math.max(0, ...answers.map(({ length }) => length))
    if (longest === 0) return []
    return [
      Uint8Array.from({ length: longest }, (_, at) => answers.reduce((byte, one) => byte & (one[at] ?? 0xff), 0xff)),
    ]
  }
