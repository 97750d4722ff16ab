import { readFile } from 'node:fs/promises'

export type FileText = Readonly<{ ok: true; text: string } | { ok: false; words: string }>

/** A file that a person named: what is wrong with it is said in one line. */
export const readTextFile = async (path: string): Promise<FileText> => {
  try {
    return { ok: true, text: await readFile(path, 'utf8') }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const why = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'it may not be read' }[code]
    return { ok: false, words: `${path}: cannot be read: ${why ?? String(error)}` }
  }
}

export const readJsonFile = async (
  path: string,
): Promise<Readonly<{ ok: true; json: unknown } | { ok: false; words: string }>> => {
  const file = await readTextFile(path)
  if (!file.ok) return file
  try {
    return { ok: true, json: JSON.parse(file.text) as unknown }
  } catch (error) {
    return { ok: false, words: `${path}: is not JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
}
