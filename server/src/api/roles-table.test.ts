import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { permissionsOf, type Role } from '../domain/role.ts'

test('docs/security.md says of every role what the program lets it do', async () => {
  const text = await readFile(new URL('../../../docs/security.md', import.meta.url), 'utf8')
  const lines = text.split('\n')
  const cellsOf = (line: string): readonly string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
  const head = cellsOf(lines.find((line) => line.startsWith('| Permission |')) ?? '')
  const roles = Object.keys(permissionsOf) as Role[]
  expect(head.slice(2)).toEqual(roles)
  const rows = lines.filter((line) => /^\| `[a-z-]+` \|/u.test(line)).map(cellsOf)
  const told = Object.fromEntries(
    roles.map((role, index) => [
      role,
      rows.filter((cells) => cells[index + 2] === '●').map(([name = '']) => name.replaceAll('`', '')),
    ]),
  )
  expect(told).toEqual(permissionsOf)
  expect(rows.every((cells) => cells.slice(2).every((cell) => cell === '●' || cell === ''))).toBe(true)
})
