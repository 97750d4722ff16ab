import { expect, test } from 'vitest'
import { items1997 } from '../dlt645-1997/identifiers-1997.table.ts'
import { identifierText } from './data-identifier.ts'
import type { Family } from './family.ts'
import type { Format } from './format.ts'
import { families, identifiers } from './identifiers.table.ts'
import { securityCommands } from './security.ts'

// docs/protocols/identifiers.md is written from the tables: `npx vitest run protocols -u` after a change of these.

const formatText = (format: Format): string => {
  switch (format.codec) {
    case 'number': {
      const { bytes, signed, scale, unit } = format
      const base = format.base === 'binary' ? 'binary' : 'BCD'
      return `${bytes} ${base}${signed ? ', signed' : ''}${unit === '' ? '' : `, ${scale === 1 ? '' : `${scale} `}${unit}`}`
    }
    case 'phases':
    case 'totalAndPhases':
    case 'totalAndRates':
      return `${format.codec} of ${formatText({ ...format, codec: 'number' })}`
    case 'record':
      return Object.entries(format.fields)
        .map(([name, field]) => `${name} (${formatText(field)})`)
        .join('; ')
    case 'list':
      return `${format.least === format.most ? format.most : `${format.least} to ${format.most}`} × (${formatText(format.of)})`
    case 'rates':
      return `total and rates of (${formatText(format.of)})`
    case 'moment':
      return format.pattern
    case 'bits':
      return `${format.bytes} bytes: ${format.bits.flatMap((bit, index) => (bit === null ? [] : [`${index} ${bit[0]}`])).join(', ')}`
    case 'dateAndWeekday':
      return 'YYMMDDWW'
    case 'timeOfDay':
      return 'hhmmss'
    case 'rest':
      return 'bytes, not explained'
    case 'loadRecords':
      return 'load records'
    default:
      return `${format.bytes} ${format.codec}`
  }
}

const letters = ['', 'SS', 'RR', 'TT']
/** The identifier of a family with letters where its axes are. */
const patternOf = (family: Family): string =>
  [3, 2, 1, 0]
    .map((byte) =>
      family.axes.some((axis) => axis.byte === byte)
        ? (letters[byte + 1] ?? '')
        : identifierText(family.base >>> 0).slice(2 * (3 - byte), 2 * (3 - byte) + 2),
    )
    .join('')
const axisText = (family: Family): string =>
  family.axes
    .map(({ byte, labels }) => {
      const [first, last] = [labels.at(0), labels.at(-1)]
      const hex = (code: number | undefined): string => (code ?? 0).toString(16).toUpperCase().padStart(2, '0')
      return `${letters[byte + 1] ?? ''} ${hex(first?.code)}…${hex(last?.code)} (${[first?.suffix, last?.suffix].join('…')})`
    })
    .join('; ')

const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => [
  `| ${head.join(' | ')} |`,
  `|${head.map(() => '---').join('|')}|`,
  ...rows.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`),
]

test('the list of identifiers in the documentation is that of the tables', async () => {
  const lines = [
    '# Data identifiers',
    '',
    'Written from the tables in `protocols/src` by a test; change these. Formats: bytes, coding, and what one step of the',
    'last digit is. Access and sources: [dlt645-2007.md](dlt645-2007.md).',
    '',
    '## Lines of their own',
    '',
    ...table(
      ['DI', 'Name', '中文', 'Format', 'Access', 'Source'],
      Object.entries(identifiers).map(([name, row]) => [
        identifierText(row.id),
        `\`${name}\``,
        row.zh,
        formatText(row),
        row.access,
        row.clause,
      ]),
    ),
    '',
    '## Families',
    '',
    'The name of a member is that of the family with the suffixes of its axes, in order. FF is a block.',
    '',
    ...table(
      ['DI', 'Name', '中文', 'Axes', 'Format of one', 'Access', 'Source'],
      Object.entries(families).map(([name, family]) => [
        patternOf(family),
        `\`${name}…\``,
        family.zh,
        axisText(family),
        formatText(family.format),
        family.access,
        family.clause,
      ]),
    ),
    '',
    '## Security commands (function 03H)',
    '',
    ...table(
      ['DI', 'Name', '中文', 'Request', 'Reply', 'Source'],
      Object.entries(securityCommands).map(([name, { id, zh, request, reply, clause }]) => [
        identifierText(id),
        `\`${name}\``,
        zh,
        formatText(request),
        formatText(reply),
        clause,
      ]),
    ),
    '',
    '## DL/T 645-1997',
    '',
    'Rates 1 to 14 (low digit 1 to E) and blocks (F) of the energies and demands are left out here.',
    '',
    ...table(
      ['DI', 'Name', '中文', 'Format', 'Certainty'],
      items1997
        .filter(({ name }) => !/Rate\d|EnergyBlock|DemandBlock|DemandTimeBlock/.test(name))
        .map((item) => [
          item.id.toString(16).toUpperCase(),
          `\`${item.name}\``,
          item.zh,
          formatText(item),
          item.certainty,
        ]),
    ),
    '',
  ]
  await expect(lines.join('\n')).toMatchFileSnapshot('../../../docs/protocols/identifiers.md')
})
