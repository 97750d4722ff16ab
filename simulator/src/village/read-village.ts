import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { parseVillage, type Village } from './village.ts'

/** A village file: YAML, of which JSON is a part. @throws Error that names the file and every problem in it. */
export const readVillage = async (path: string): Promise<Village> => {
  let content: unknown
  try {
    content = parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new Error(`cannot read the village ${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
  const village = parseVillage(content)
  if (!village.ok) throw new Error(`${path}: ${village.problems.join('; ')}`)
  return village.value
}
