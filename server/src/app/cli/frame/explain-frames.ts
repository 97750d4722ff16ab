import { readFile } from 'node:fs/promises'
import { explainFrame, joinBytes, meterProfiles, toHex, type ExplainedField } from '@xianfu/protocols'
import type { Desk } from '../desk.ts'
import { parseCapture } from '../explain/capture.ts'
import { explanationLines } from '../explain/explanation-lines.ts'
import type { ProfileName } from '../explain/identifier.ts'
import { splitAll, type Piece } from '../explain/split-frames.ts'
import { calledWrongly, cannotBeDone } from '../refusal.ts'

export type FrameOptions = Readonly<{
  /** Digits from the command line, in as many words as they came. */
  words: readonly string[]
  /** In place of words; `-` is the standard input. */
  file: string | null
  json: boolean
  profile: ProfileName
}>

/** Explains frames field by field; the exit code is 0 when all of them are intact. */
export const runFrame = async (options: FrameOptions, desk: Desk): Promise<number> => {
  const pieces = piecesOf(await bytesOf(options, desk))
  let isWhole = true
  for (const [index, { bytes }] of pieces.entries()) {
    const explanation = explainFrame(bytes, meterProfiles[options.profile])
    isWhole &&= explanation.ok
    if (options.json) {
      const { fields, ...verdict } = explanation
      desk.print(JSON.stringify({ ...verdict, bytes: toHex(bytes), fields: fields.map(plainField) }))
      continue
    }
    if (index > 0) desk.print('')
    for (const line of explanationLines(explanation, bytes.length, desk)) desk.print(line)
  }
  return isWhole ? 0 : 1
}

/** Noise between frames is no broken frame; but bytes with no frame in them are to be told what is wrong with them. */
const piecesOf = (bytes: Uint8Array): readonly Pick<Piece, 'bytes'>[] => {
  const pieces = splitAll(bytes)
  const frames = pieces.filter(({ kind }) => kind === 'frame')
  return frames.length === 0 ? [{ bytes }] : pieces
}

const bytesOf = async ({ words, file }: FrameOptions, desk: Desk): Promise<Uint8Array> => {
  const typed = words.join(' ')
  if (typed !== '' && typed !== '-' && file !== null) throw calledWrongly('Say either the bytes or --file, not both.')
  const content =
    file !== null && file !== '-'
      ? await contentOf(file)
      : typed === '' || typed === '-'
        ? await desk.readInput()
        : new TextEncoder().encode(typed)
  const capture = parseCapture(content)
  if (!capture.ok)
    throw calledWrongly(
      `${file === null ? 'This' : `Line ${String(capture.line)}`} is not made of hexadecimal digits: "${capture.text.slice(0, 60)}". Write bytes like 68 AA AA … 16.`,
    )
  const bytes = joinBytes(capture.chunks.map((chunk) => chunk.bytes))
  if (bytes.length === 0)
    throw calledWrongly('There are no bytes: write a frame behind the command, like 68 AA AA … 16.')
  return bytes
}

export const contentOf = async (file: string): Promise<Uint8Array> => {
  try {
    return await readFile(file)
  } catch (error) {
    throw cannotBeDone(`Could not read ${file}: ${error instanceof Error ? error.message : String(error)}.`)
  }
}

const plainField = (field: ExplainedField): unknown => ({
  ...field,
  bytes: toHex(field.bytes),
  meant: toHex(field.meant),
  fields: field.fields.map(plainField),
})
