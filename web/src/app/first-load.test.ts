import { expect, it } from 'vitest'

const sources = import.meta.glob<string>(
  ['../{app,keys,live,parts,words}/**/*.{ts,tsx}', '../main.tsx', '!../**/*.test.ts'],
  {
    query: '?raw',
    import: 'default',
    eager: true,
  },
)

/** What a file imports when it is loaded itself, types left out. */
const importsOf = (source: string): readonly string[] =>
  [...source.matchAll(/^(?:import|export)\s+(?!type\b)[^'"]*?from '([^']+)'/gmu)].map((found) => found[1] ?? '')

it('no page and no chart stands before the first look: they are fetched when they are wanted', () => {
  expect(Object.keys(sources).length).toBeGreaterThan(60)
  const early = Object.entries(sources)
    .filter(([file]) => !file.endsWith('/chart-canvas.tsx'))
    .flatMap(([file, source]) =>
      importsOf(source)
        .filter((from) => /\/pages\/.*\.tsx$|^echarts/u.test(from) || /chart-canvas/u.test(from))
        .map((from) => `${file} imports ${from}`),
    )
  expect(early).toEqual([])
})
