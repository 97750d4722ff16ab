import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeFrame, encodeReply, encodeRequest, fromHex, toHex, type Reply, type Request } from '@xianfu/protocols'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../../domain/testing/until.ts'
import { listeningGateway } from '../../../headend/testing/hand-made-field.ts'
import { saidOf, testDesk, type Said } from '../testing/test-desk.ts'
import { runSniff, type SniffOptions } from './meter-sniff.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xianfu-sniff-'))
})
afterAll(async () => rm(folder, { recursive: true, force: true }))

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

const meter = '000000000161'
const other = '000000000162'
const energy = 0x00010000

const ask = (address: string): Request => ({ kind: 'read', address, identifier: energy })
const asked = (address: string): string => toHex(encodeFrame(encodeRequest(ask(address)), { wakeUpBytes: 4 }))
const reply = (address: string): Reply => ({
  kind: 'read',
  address,
  identifier: energy,
  data: fromHex('26 00 00 00'),
  more: false,
})
const answered = (address: string): string => toHex(encodeFrame(encodeReply(reply(address))))

const plain: Omit<SniffOptions, 'source'> = {
  profile: 'standard',
  json: false,
  full: false,
  bytes: false,
  forMs: null,
  save: null,
}

const sniffFile = async (
  lines: readonly string[],
  change: Partial<SniffOptions> = {},
  at = testDesk(),
): Promise<Said> => {
  const path = join(folder, 'capture.txt')
  await writeFile(path, lines.join('\n'))
  return saidOf(async (desk) => runSniff({ ...plain, source: { kind: 'file', path }, ...change }, desk), at)
}

test('requests and answers are paired and timed, however they are cut', async () => {
  const answer = answered(meter)
  const said = await sniffFile([
    `14:05:06.000 ${asked(meter)}`,
    `14:05:06.120 ${answer.slice(0, 20)}`,
    `14:05:06.150 ${answer.slice(21)}`,
    `14:05:07.000 ${asked(other)}`,
    `14:05:08.000 ${asked(meter)}`,
    `14:05:08.080 ${answered(meter)}`,
  ])
  expect(said).toEqual({
    code: 0,
    complained: [],
    printed: [
      '   +0.000 s  →  000000000161  request: read data  00010000 forward active energy total',
      '   +0.120 s  ←  000000000161  reply: read data  00010000 forward active energy total, 0.26 kWh  120 ms',
      '   +1.000 s  →  000000000162  request: read data  00010000 forward active energy total',
      '   +1.000 s  ×  no answer from 000000000162',
      '   +2.000 s  →  000000000161  request: read data  00010000 forward active energy total',
      '   +2.080 s  ←  000000000161  reply: read data  00010000 forward active energy total, 0.26 kWh  80 ms',
      '5 frames: 3 requests, 2 answered (in 80 to 120 ms, half of them within 80 ms), 1 unanswered, 0 answers to nothing, 0 broken, 0 bytes of noise',
    ],
  })
})

test('an answer to another question, a broken frame, and noise', async () => {
  const wrongChecksum = answered(meter).replace(/8A 16$/u, '8B 16')
  const { printed } = await sniffFile([
    `0.100 ${asked(meter)}`,
    `0.200 ${answered(other)}`,
    `0.300 ${wrongChecksum}`,
    '0.400 00 01',
    `2.000 ${asked(meter)}`,
  ])
  expect(printed.slice(1, 4)).toEqual([
    expect.stringMatching(/← {2}000000000162 .*\(answers nothing that was asked\)$/u),
    expect.stringMatching(/! {2}000000000161 .*! the checksum is 8BH, 8AH would fit$/u),
    expect.stringMatching(/\? {2}2 bytes that belong to no frame: 00 01$/u),
  ])
  expect(printed.at(-1)).toMatch(
    /^3 frames: 2 requests, 0 answered, 2 unanswered, 1 answers to nothing, 1 broken, 2 bytes of noise$/u,
  )
})

test('nobody answers a broadcast', async () => {
  const { printed } = await sniffFile(['1.000 68 99 99 99 99 99 99 68 08 06 33 63 45 38 3B 58 1A 16'])
  expect(printed.at(-1)).toMatch(/0 unanswered/u)
})

test('functions that this package does not speak are paired by address and function', async () => {
  const { printed } = await sniffFile([
    '1.000 68 54 07 13 00 80 13 68 01 02 43 C3 DA 16',
    '1.100 68 54 07 13 00 80 13 68 81 06 43 C3 34 33 33 33 2B 16',
  ])
  expect(printed[1]).toMatch(/100 ms$/u)
})

test('passwords are not told', async () => {
  const { printed } = await sniffFile([
    '68 12 90 78 56 34 12 68 1C 10 35 89 67 45 34 33 33 33 4D 33 8C 8C 56 64 45 63 E3 16',
  ])
  expect(printed[0]).toMatch(/level 2, operator 00000001, order trip/u)
  expect(printed.join('\n')).not.toContain('123456,')
})

test('without times nothing is timed', async () => {
  const { printed } = await sniffFile([asked(meter), answered(meter)])
  expect(printed).toEqual([
    '→  000000000161  request: read data  00010000 forward active energy total',
    '←  000000000161  reply: read data  00010000 forward active energy total, 0.26 kWh',
    '2 frames: 1 requests, 1 answered, 0 unanswered, 0 answers to nothing, 0 broken, 0 bytes of noise',
  ])
})

test('bytes, every field, Chinese, JSON', async () => {
  expect((await sniffFile([asked(meter)], { bytes: true })).printed[1]).toBe(`    ${asked(meter)}`)
  expect((await sniffFile([asked(meter)], { full: true })).printed).toContainEqual(
    expect.stringMatching(/^ {4} {2}11 {2}68 +second start/u),
  )
  const chinese = await sniffFile([asked(meter)], {}, testDesk({ language: 'zh' }))
  expect(chinese.printed[0]).toBe('→  000000000161  请求: 读数据  00010000 正向有功总电能')
  const { printed } = await sniffFile([`1.000 ${asked(meter)}`, `1.200 ${answered(meter)}`], { json: true })
  expect(printed.map((line) => JSON.parse(line))).toMatchObject([
    { kind: 'request', direction: 'request', bytes: asked(meter) },
    { kind: 'answer', direction: 'reply', answerMs: 200, problems: [] },
    { kind: 'summary', frames: 2, answers: 1 },
  ])
})

describe('a file', () => {
  test('without a frame: exit code 1', async () => {
    const { code, complained } = await sniffFile(['00 01 02'])
    expect([code, complained]).toEqual([1, ['There is no frame in it.']])
  })

  test('that is no capture: the line is named', async () => {
    const { code, complained } = await sniffFile([asked(meter), 'what is this'])
    expect([code, complained]).toEqual([1, [expect.stringMatching(/^Line 2 of .* "what is this"\.$/u)]])
  })

  test('is not listened to', async () => {
    expect((await sniffFile([], { forMs: 1_000 })).code).toBe(2)
  })
})

describe('a line', () => {
  const listenTo = async (change: Partial<SniffOptions> = {}, at = testDesk()) => {
    const field = await listeningGateway(() => [])
    closing.push(field.close)
    const said = saidOf(
      async (desk) =>
        runSniff(
          {
            ...plain,
            source: {
              kind: 'line',
              link: { kind: 'tcp', host: '127.0.0.1', port: field.port },
              line: { baudRate: 2_400, parity: 'even' },
              waitMs: 1_000,
            },
            ...change,
          },
          desk,
        ),
      at,
    )
    await until('it listens', () => field.connections.length > 0)
    const send = (hex: string): void => void field.connections[0]?.socket.write(fromHex(hex))
    return { said, send, at, field }
  }

  test('is explained as it passes, kept, and read again', async () => {
    const save = join(folder, 'kept.txt')
    const { said, send, at, field } = await listenTo({ save })
    send(asked(meter))
    await until('the request is told', () => at.printed.length === 1)
    send(answered(meter))
    await until('the answer is told', () => at.printed.length === 2)
    expect(at.printed[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}→ {2}000000000161 {2}request: read data/u)
    expect(at.printed[1]).toMatch(/0\.26 kWh {2}\d+ ms$/u)
    expect(field.connections[0]?.heard).toEqual([])
    at.interrupt()
    expect((await said).code).toBe(0)
    expect((await readFile(save, 'utf8')).trim().split('\n')).toHaveLength(2)
    const again = await saidOf(async (desk) => runSniff({ ...plain, source: { kind: 'file', path: save } }, desk))
    expect(again.printed.at(-1)).toMatch(/^2 frames: 1 requests, 1 answered/u)
  })

  test('what stays unfinished is told when the line falls silent', async () => {
    const { said, send, at } = await listenTo()
    send('68 61 01 00 00 00 00 68 11 04 33')
    await until('it is told', () => at.printed.length === 1)
    expect(at.printed[0]).toMatch(/! .*4 bytes of data are announced, 1 are there/u)
    at.interrupt()
    expect((await said).code).toBe(1)
  })

  test('that is closed ends it, with what was heard', async () => {
    const { said, send, at, field } = await listenTo()
    send(asked(meter))
    await until('the request is told', () => at.printed.length === 1)
    field.close()
    const { code, complained } = await said
    expect([code, complained.at(-1)]).toEqual([0, expect.stringMatching(/^The line was closed: the other end closed/u)])
  })

  test('on which nothing passes: exit code 1, and what to look at', async () => {
    const { said } = await listenTo({ forMs: 50 })
    const { code, complained } = await said
    expect([code, complained.at(-1)]).toEqual([1, expect.stringMatching(/^No frame was heard\. Check the wires/u)])
  })
})
