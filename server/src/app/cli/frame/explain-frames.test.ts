import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromHex } from '@xianfu/protocols'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { saidOf, testDesk, type Said } from '../testing/test-desk.ts'
import { runFrame, type FrameOptions } from './explain-frames.ts'

const energy = 'FE FE 68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8A 16'

const explain = async (change: Partial<FrameOptions>, at = testDesk()): Promise<Said> =>
  saidOf(async (desk) => runFrame({ words: [], file: null, json: false, profile: 'standard', ...change }, desk), at)

test('offset, bytes, meaning, and where that is written', async () => {
  const { code, printed } = await explain({ words: [energy] })
  expect(code).toBe(0)
  expect(printed.map((line) => line.replace(/ {2}\[.*\]$/u, ''))).toEqual([
    'DL/T 645-2007 reply, 22 bytes, intact',
    '   0  FE FE                                 wake-up bytes',
    '   2  68                                    start',
    '   3  61 01 00 00 00 00                     address: 000000000161',
    '   9  68                                    second start',
    '  10  91                                    control: reply: read data',
    '  11  08                                    length: 8',
    '  12  33 33 34 33        00 00 01 00        data identifier: 00010000 forward active energy total',
    '  16  59 33 33 33        26 00 00 00        forward active energy total',
    '                                              value: 0.26 kWh',
    '  20  8A                                    checksum: fits',
    '  21  16                                    end',
  ])
  // Each part that has a place in the frame tells where its meaning is written; values belong to their item.
  expect(printed.filter((line) => /^ *\d+ {2}/u.test(line)).every((line) => / {2}\[.+\]$/u.test(line))).toBe(true)
})

test('in Chinese', async () => {
  const { printed } = await explain({ words: [energy] }, testDesk({ language: 'zh' }))
  const text = printed.join('\n')
  expect(printed[0]).toBe('DL/T 645-2007 应答, 22 字节, 正确')
  expect(text).toContain('控制码: 应答: 读数据')
  expect(text).toContain('数据标识: 00010000 正向有功总电能')
})

describe('what is wrong with a broken frame, exactly: exit code 1', () => {
  test.each([
    [
      '68 12 90 78 56 34 12 68 94 00 1B 16',
      'wrong: the checksum is 1BH, 1AH would fit',
      '错误: 校验码为 1BH，应为 1AH',
    ],
    [
      '68 12 90 78 56 34 12 68 94 00 1A 17',
      'wrong: the end: 16H was expected, 17H is there',
      '错误: 结束符应为 16H，实为 17H',
    ],
    [
      '68 12 90 78 56 34 12 68 91 08 33',
      'wrong: 8 bytes of data are announced, 1 are there',
      '错误: 数据域长度为 8，实有 1 字节',
    ],
    [
      '68 12 90',
      'wrong: the frame ends after 3 bytes; the shortest has 12',
      '错误: 帧到第 3 字节为止，最短的帧有 12 字节',
    ],
    ['01 02 03', 'wrong: there is no 68H that begins a frame', '错误: 没有帧起始符 68H'],
    ['68 1A 90 78 56 34 12 68 94 00 A4 16', 'wrong: the address is not made of digits', '错误: 地址域不是 BCD 码'],
  ])('%s', async (hex, en, zh) => {
    const said = await explain({ words: [hex] })
    expect([said.code, said.printed]).toEqual([1, expect.arrayContaining([en])])
    const inChinese = await explain({ words: [hex] }, testDesk({ language: 'zh' }))
    expect(inChinese.printed).toContain(zh)
  })
})

test('several frames, and what lies between them', async () => {
  const { code, printed } = await explain({ words: `${energy} 00 ${energy}`.split(' ') })
  expect(code).toBe(1)
  expect(printed.filter((line) => /intact|BROKEN/u.test(line))).toEqual([
    'DL/T 645-2007 reply, 22 bytes, intact',
    'no protocol unknown direction, 1 bytes, BROKEN',
    'DL/T 645-2007 reply, 22 bytes, intact',
  ])
})

test('JSON, an object for each frame', async () => {
  const { printed } = await explain({ words: [energy], json: true })
  expect(printed.map((line) => JSON.parse(line))).toMatchObject([
    {
      ok: true,
      direction: 'reply',
      bytes: energy,
      fields: expect.arrayContaining([expect.objectContaining({ name: 'address', value: '000000000161' })]),
    },
  ])
})

test('colour is the desk’s business', async () => {
  const { printed } = await explain({ words: [energy] }, testDesk({ paint: (colour, text) => `<${colour}>${text}</>` }))
  expect(printed[0]).toBe('<bold>DL/T 645-2007</> reply, 22 bytes, <green>intact</>')
})

describe('where the bytes come from', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'xianfu-frame-'))
  })
  afterAll(async () => rm(folder, { recursive: true, force: true }))

  test.each([
    ['text', new TextEncoder().encode(`14:05:06.100 TX ${energy}\n`)],
    ['bytes', fromHex(energy)],
  ])('a file of %s', async (name, content) => {
    const file = join(folder, name)
    await writeFile(file, content)
    expect((await explain({ file })).printed[0]).toBe('DL/T 645-2007 reply, 22 bytes, intact')
  })

  test.each([[[]], [['-']]])('the standard input (%j)', async (words) => {
    const at = testDesk({ readInput: async () => new TextEncoder().encode(energy) })
    expect((await explain({ words }, at)).code).toBe(0)
  })

  test('a file that is not there', async () => {
    const { code, complained } = await explain({ file: join(folder, 'nothing') })
    expect([code, complained]).toEqual([1, [expect.stringMatching(/^Could not read .*nothing: ENOENT/u)]])
  })

  test.each([
    [{ words: ['hello'] }, /^This is not made of hexadecimal digits: "hello"/u],
    [{ words: [energy], file: 'x' }, /^Say either the bytes or --file/u],
    [{ words: [] }, /^There are no bytes/u],
  ])('%j is called wrongly', async (change, complaint) => {
    const { code, complained } = await explain(change)
    expect([code, complained]).toEqual([2, [expect.stringMatching(complaint)]])
  })
})
