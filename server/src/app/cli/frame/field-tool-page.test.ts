import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { fieldCommands } from '../field-main.ts'
import { saidOf, testDesk } from '../testing/test-desk.ts'
import { runFrame } from './explain-frames.ts'

/** docs/field-tool.md says of itself that its outputs are real; those that need no line are held to it. */

const page = await readFile(new URL('../../../../../docs/field-tool.md', import.meta.url), 'utf8')

const blocks = [...page.matchAll(/^```\n\$ xianfu (?<command>.*)\n(?<output>[\s\S]*?)^```/gmu)].map(({ groups }) => ({
  command: groups?.['command'] ?? '',
  output: groups?.['output'] ?? '',
}))

const frames = blocks.flatMap(({ command, output }) => {
  const match = /^frame (?:--lang (zh|en) )?"([^"]+)"$/u.exec(command)
  return match === null ? [] : [{ language: match[1] === 'zh' ? 'zh' : 'en', hex: match[2] ?? '', output } as const]
})

test('the examples were found', () => {
  expect(blocks.length).toBeGreaterThan(8)
  expect(frames.length).toBe(2)
})

test.each(frames)('frame "$hex" in $language', async ({ language, hex, output }) => {
  const { printed } = await saidOf(
    async (desk) => runFrame({ words: [hex], file: null, json: false, profile: 'standard' }, desk),
    testDesk({ language }),
  )
  expect(`${printed.join('\n')}\n`).toBe(output)
})

/** The command that the words name, and the words behind it. */
const commandOf = (words: readonly string[]) => {
  const top = fieldCommands().find((command) => command.name() === words[0])
  const inside = top?.commands.find((command) => command.name() === words[1])
  return inside ?? top
}

test.each(blocks.map(({ command }) => command))('xianfu %s: the command and its options exist', (command) => {
  const words = command.split(' ')
  const found = commandOf(words)
  expect(found?.name()).toBe(words[0] === 'meter' ? words[1] : words[0])
  const options = words.filter((word) => word.startsWith('--'))
  const known = found?.options.map(({ long }) => long) ?? []
  expect(known).toEqual(expect.arrayContaining(options))
})
