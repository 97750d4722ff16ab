import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')

export type Import = Readonly<{ specifier: string; typeOnly: boolean }>
export type SourceFile = Readonly<{
  /** From the root of the repository, with `/`. */
  path: string
  text: string
  /** The text without comments and with string contents kept. */
  code: string
  imports: readonly Import[]
}>

const left = new Set(['node_modules', 'dist', 'data', 'coverage', '.git'])

const pathsUnder = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    if (left.has(name)) return []
    const path = join(folder, name)
    return statSync(path).isDirectory() ? pathsUnder(path) : [path]
  })

/** Comments are removed so that what they speak of is not taken for code; `//` inside a string stays. */
const withoutComments = (text: string): string =>
  text.replaceAll(
    /(?<string>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/gu,
    (_, kept: string | undefined) => kept ?? '',
  )

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s+(?<type>type\s+)?(?:[\w*\s{},$]+?\s+from\s+)?'(?<from>[^'\n]+)'|import\(\s*'(?<lazy>[^'\n]+)'/gu

const importsIn = (code: string): Import[] =>
  [...code.matchAll(importPattern)].map(({ groups = {} }) => ({
    specifier: groups['from'] ?? groups['lazy'] ?? '',
    typeOnly: groups['type'] !== undefined,
  }))

/** All sources of the workspaces, tests included. */
export const sourceFiles = (): readonly SourceFile[] =>
  pathsUnder(root)
    .filter((path) => /\.(?:ts|tsx|mjs|js)$/u.test(path))
    .map((path) => {
      const text = readFileSync(path, 'utf8')
      const code = withoutComments(text)
      return { path: relative(root, path).replaceAll('\\', '/'), text, code, imports: importsIn(code) }
    })

/** The file of this repository that an import means, or null when it is a package or a built-in. */
export const targetOf = ({ path }: SourceFile, { specifier }: Import): string | null =>
  specifier.startsWith('.') ? relative(root, resolve(root, dirname(path), specifier)).replaceAll('\\', '/') : null
