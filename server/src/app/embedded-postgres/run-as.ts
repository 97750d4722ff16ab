import { spawnSync } from 'node:child_process'
import { stat } from 'node:fs/promises'

/** The identity PostgreSQL runs under; `null` is our own. */
export type RunAs = Readonly<{ uid: number; gid: number }> | null

/** "nobody" on Linux. It must have an entry in the password file, which initdb looks up. */
export const defaultUnprivilegedId = 65_534

/** PostgreSQL refuses to run as root. Anybody else keeps their own identity. */
export const chooseIdentity = async (existingCluster: string | undefined, unprivilegedId: number): Promise<RunAs> => {
  if (process.getuid?.() !== 0) return null
  const chosen = { uid: unprivilegedId, gid: unprivilegedId }
  if (existingCluster === undefined) return chosen
  // Data made earlier by a plain user, or under another setting, stays theirs.
  const { uid, gid } = await stat(existingCluster)
  return uid === 0 ? chosen : { uid, gid }
}

export const spawnIdentity = (runAs: RunAs): { uid?: number; gid?: number } => (runAs === null ? {} : { ...runAs })

/** Whether that identity can reach a folder, tried rather than computed: permissions are more than nine bits. */
export const canReach = (folder: string, runAs: RunAs): boolean =>
  runAs === null ||
  spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', folder], { ...spawnIdentity(runAs), cwd: '/', stdio: 'ignore' })
    .status === 0
