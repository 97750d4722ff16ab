import { describe, expect, test } from 'vitest'
import { layers, narrowed } from './import-table.ts'
import { sourceFiles, targetOf, type Import, type SourceFile } from './source-files.ts'

/**
 * The house holds its shape by this test: which way imports point, no cycles, no clock or chance but in `app`, no file
 * that nobody can read in one sitting.
 */

const files = sourceFiles()
const isTest = ({ path }: SourceFile): boolean =>
  /\.(?:test|test-support)\.tsx?$|\/testing\/|\/test-[\w-]+\.ts$|vitest-global-setup|^tools\//u.test(path)
const inWorkspace = files.filter(({ path }) => /^(?:protocols|simulator|contract|server|web|e2e)\/src\//u.test(path))
const production = inWorkspace.filter((file) => !isTest(file))

const inside = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)
const layerOf = (path: string) =>
  layers.filter(({ folder }) => inside(path, folder)).toSorted((a, b) => b.folder.length - a.folder.length)[0]

const isNamed = (specifier: string, names: readonly string[]): boolean =>
  names.some((name) => (name.endsWith('*') ? specifier.startsWith(name.slice(0, -1)) : specifier === name))

const objectionTo = (file: SourceFile, one: Import): string | null => {
  const layer = layerOf(file.path)
  if (layer === undefined) return 'the file lies in no layer of tools/import-table.ts'
  const target = targetOf(file, one)
  if (target === null) return isNamed(one.specifier, layer.packages) ? null : `${layer.folder} may not import it`
  const targetLayer = layerOf(target)
  if (targetLayer === undefined) return 'it lies in no layer'
  if (targetLayer.folder === layer.folder) return null
  const narrow = narrowed.find(({ from, into }) => inside(file.path, from) && inside(target, into))
  if (narrow !== undefined && !narrow.only.some((folder) => inside(target, folder))) return narrow.because
  // A folder inside another's layer belongs to it: its parts may be called, unless the table names it apart.
  const allowed = layer.layers.some((folder) => inside(target, folder)) || inside(targetLayer.folder, layer.folder)
  return allowed ? null : `${layer.folder} may not import ${targetLayer.folder}`
}

describe('imports', () => {
  test('the sources were found', () => {
    expect(production.length).toBeGreaterThan(150)
    expect(files.flatMap(({ imports }) => imports).length).toBeGreaterThan(600)
  })

  test('point the way that the table says', () => {
    const wrong = production.flatMap((file) =>
      file.imports.flatMap((one) => {
        const objection = objectionTo(file, one)
        return objection === null ? [] : [`${file.path} imports ${one.specifier}: ${objection}`]
      }),
    )
    expect(wrong).toEqual([])
  })

  test('nobody imports app', () => {
    const wrong = production
      .filter(({ path }) => !inside(path, 'server/src/app'))
      .filter((file) => file.imports.some((one) => inside(targetOf(file, one) ?? '', 'server/src/app')))
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  test('form no cycle', () => {
    const known = new Map(production.map((file) => [file.path, file]))
    const state = new Map<string, 'open' | 'done'>()
    const cycles: string[] = []
    const visit = (path: string, above: readonly string[]): void => {
      const file = known.get(path)
      if (file === undefined || state.get(path) === 'done') return
      if (state.get(path) === 'open') {
        cycles.push([...above.slice(above.indexOf(path)), path].join(' → '))
        return
      }
      state.set(path, 'open')
      // Types are gone when the program runs: only values can meet one another half made.
      for (const one of file.imports) if (!one.typeOnly) visit(targetOf(file, one) ?? '', [...above, path])
      state.set(path, 'done')
    }
    for (const path of known.keys()) visit(path, [])
    expect(cycles).toEqual([])
  })
})

type Ban = Readonly<{ pattern: RegExp; instead: string; where: (path: string) => boolean; except: readonly string[] }>

const inServer = (path: string): boolean => path.startsWith('server/src/') && !inside(path, 'server/src/app')
const inPure = (path: string): boolean => path.startsWith('protocols/src/') || path.startsWith('contract/src/')
const inSimulator = (path: string): boolean => path.startsWith('simulator/src/')
const timed = (path: string): boolean => inServer(path) || inPure(path) || inSimulator(path)
/** Where the simulator makes its clock. */
const simulatorClock = 'simulator/src/time/clock.ts'
/** A fast clock begins at the machine's own time. */
const simulatorStart = 'simulator/src/cli/run-village.ts'
/** Has a machine timer for itself when it is given no clock; used for back-offs alone. */
const storeBackOff = 'server/src/store/database.ts'

const bans: readonly Ban[] = [
  {
    pattern: /\bDate\.now\(/u,
    instead: 'the clock that is handed in',
    where: timed,
    except: [simulatorClock, simulatorStart],
  },
  { pattern: /\bnew Date\(\s*\)/u, instead: 'the clock that is handed in', where: timed, except: [] },
  { pattern: /\bperformance\.now\(/u, instead: 'clock.elapsedMs()', where: timed, except: [simulatorClock] },
  { pattern: /\bset(?:Timeout|Interval)\(/u, instead: 'clock.delay()', where: timed, except: [simulatorClock] },
  {
    pattern: /'node:timers/u,
    instead: 'clock.delay()',
    where: timed,
    except: [storeBackOff],
  },
  {
    pattern: /\bMath\.random\(/u,
    instead: 'Ids, or a seeded generator that is handed in',
    where: () => true,
    except: [],
  },
  {
    pattern: /\bprocess\.env\b/u,
    instead: 'app/config',
    where: (path) => inServer(path) || inSimulator(path),
    except: [],
  },
  {
    pattern: /\bselect\s[\s\S]{1,200}?\bfrom\s+\w|\binsert into\s|\bupdate\s+\w+\s+set\s|\bdelete from\s/u,
    instead: 'a function of server/src/store: the only SQL in the repository',
    where: (path) => path.startsWith('server/src/') && !inside(path, 'server/src/store'),
    except: [],
  },
]

describe('calls', () => {
  test.each(bans.map((ban) => [String(ban.pattern), ban] as const))('%s stays where it belongs', (_, ban) => {
    const wrong = production.filter(
      ({ path, code }) => ban.where(path) && !ban.except.includes(path) && ban.pattern.test(code),
    )
    expect(
      wrong.map(({ path }) => `${path}: use ${ban.instead}`),
      ban.instead,
    ).toEqual([])
  })

  test('every exception is still needed', () => {
    const idle = bans.flatMap(({ except, pattern }) =>
      except.filter((path) => !production.some((file) => file.path === path && pattern.test(file.code))),
    )
    expect(idle).toEqual([])
  })
})

/** Tables are data, words are text; nobody reads either from top to bottom. */
const mayBeLong = (path: string): boolean => path.endsWith('.table.ts') || path.startsWith('web/src/words/')
const mostLines = 500

describe('files', () => {
  test(`have at most ${String(mostLines)} lines`, () => {
    const long = files.filter(({ path, text }) => !mayBeLong(path) && text.split('\n').length > mostLines + 1)
    expect(long.map(({ path, text }) => `${path}: ${String(text.split('\n').length)} lines`)).toEqual([])
  })

  test('are named in kebab-case', () => {
    const odd = inWorkspace.filter(
      ({ path }) => !/^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.tsx?$/u.test(path.split('/').at(-1) ?? ''),
    )
    expect(odd.map(({ path }) => path)).toEqual([])
  })

  test('have no drawer for everything', () => {
    const drawers = inWorkspace.filter(({ path }) => /\/(?:utils?|helpers?|common|misc|types)(?:\.ts|\/)/u.test(path))
    expect(drawers.map(({ path }) => path)).toEqual([])
  })
})
