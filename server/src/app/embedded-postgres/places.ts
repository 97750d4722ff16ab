import { createHash } from 'node:crypto'
import { chmod, chown, lstat, mkdir, mkdtemp, readFile, realpath, rename, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canReach, type RunAs } from './run-as.ts'

/** Longest socket path that every platform takes; Linux allows 107 bytes, macOS 103. */
const maximumSocketPathBytes = 100
/** PostgreSQL names its socket after a port, though nothing listens on the network. */
export const socketPort = 5432
const pointerName = 'location.json'
/** Where data goes as root when the asked folder lies behind folders that the unprivileged identity may not enter. */
const outsideParents = ['/var/lib/xianfu', '/var/tmp/xianfu']

/** The folder that was asked for holds the cluster itself, or a pointer to where it is. */
type Pointer = Readonly<{ cluster: string }>

/** The cluster folder of `dataDirectory` if a database has been made there (or at the place pointed to) before. */
export const findCluster = async (dataDirectory: string): Promise<string | undefined> => {
  for (const cluster of [join(dataDirectory, 'cluster'), await readPointer(dataDirectory)]) {
    if (cluster !== undefined && (await isCluster(cluster))) return cluster
  }
  return undefined
}

export const isCluster = async (folder: string): Promise<boolean> => {
  try {
    await stat(join(folder, 'PG_VERSION'))
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // Only its owner may look into a cluster: not being let in means that there is one.
    if (code === 'EACCES') {
      const advice = 'start as that user, or set DATABASE_URL'
      throw new Error(`The database folder ${folder} belongs to another user: ${advice}.`, { cause: error })
    }
    return false
  }
}

const readPointer = async (dataDirectory: string): Promise<string | undefined> => {
  const text = await readFile(join(dataDirectory, pointerName), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as Pointer).cluster
}

/** Where a new cluster shall be made. Moving outside is told and written down, so that later starts find the data. */
export const placeNewCluster = async (
  dataDirectory: string,
  runAs: RunAs,
  onProgress: (message: string) => void,
): Promise<string> => {
  if (canReach(dataDirectory, runAs)) return join(dataDirectory, 'cluster')
  const recorded = await readPointer(dataDirectory)
  if (recorded !== undefined) return recorded
  const name = shortHash(await realpath(dataDirectory))
  for (const parent of outsideParents) {
    const folder = join(parent, name)
    const made = await mkdir(folder, { recursive: true, mode: 0o755 }).then(
      () => true,
      () => false,
    )
    if (!made || !canReach(folder, runAs)) continue
    const cluster = join(folder, 'cluster')
    const unfinished = join(dataDirectory, `${pointerName}.new`)
    await writeFile(unfinished, `${JSON.stringify({ cluster } satisfies Pointer)}\n`)
    await rename(unfinished, join(dataDirectory, pointerName))
    onProgress(
      `database: PostgreSQL does not run as root and user ${String(runAs?.uid)} cannot enter ${dataDirectory}; the data is kept in ${cluster}`,
    )
    return cluster
  }
  throw new Error(
    `User ${String(runAs?.uid)} can enter neither ${dataDirectory} nor ${outsideParents.join(' nor ')}: set DATABASE_URL instead.`,
  )
}

/**
 * The folder of the socket, beside the cluster, closed to others. Where its path would be too long, a short one in the
 * temporary folder. Other processes read the place from `postmaster.pid`.
 */
export const prepareSocketDirectory = async (cluster: string, runAs: RunAs): Promise<string> => {
  const near = `${cluster}.socket`
  const fits = Buffer.byteLength(join(near, `.s.PGSQL.${String(socketPort)}`)) <= maximumSocketPathBytes
  const folder = fits ? near : await shortDirectory(cluster)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (runAs !== null) await chown(folder, runAs.uid, runAs.gid)
  await chmod(folder, 0o700)
  return folder
}

const shortDirectory = async (cluster: string): Promise<string> => {
  const parent = Buffer.byteLength(tmpdir()) > 50 ? '/tmp' : tmpdir()
  const folder = join(parent, `xianfu-${shortHash(cluster)}`)
  await mkdir(folder, { mode: 0o700 }).catch(() => undefined)
  const { uid } = await lstat(folder)
  const { uid: clusterUid } = await stat(cluster)
  const ours = (await lstat(folder)).isDirectory() && (uid === clusterUid || uid === process.getuid?.())
  // Somebody has taken the name: a fresh one does as well, since postmaster.pid tells it.
  return ours ? folder : mkdtemp(`${folder}-`)
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)
