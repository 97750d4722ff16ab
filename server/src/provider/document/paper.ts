import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import PdfWriter from 'pdfkit'

/** A finished paper. */
export type Paper = Readonly<{
  bytes: Uint8Array
  /** Characters that the font does not have, as `U+9F91`. Each stands on the paper in this form, never as an empty box. */
  missing: readonly string[]
}>

export type PaperInfo = Readonly<{
  title: string
  author: string
  createdAt: number
  language: 'zh' | 'en'
  format: 'A4' | 'A5-landscape'
}>

export type TextStyle = Readonly<{
  size?: number
  color?: string
  align?: 'left' | 'right' | 'center'
  /** Width to wrap in. */
  width?: number
}>

/** A sheet that is written from top to bottom. Lengths are points. */
export type Sheet = Readonly<{
  left: number
  width: number
  y(): number
  /** Goes on lower down; on a new page when so much more would not fit. */
  move(down: number): void
  need(height: number): void
  heightOf(text: string, style: TextStyle): number
  /** Writes at a place without moving on. */
  text(text: string, x: number, y: number, style: TextStyle): void
  rule(x1: number, y1: number, x2: number, y2: number, color?: string): void
  box(x: number, y: number, width: number, height: number, color: string): void
}>

export const ink = '#1f2328'
export const grey = '#6b7280'
export const faint = '#d9dde3'
export const wash = '#f4f6f9'
export const accent = '#0f6cbd'

const margin = 48
const footerHeight = 36
const plainSize = 9.5

const fontPath = fileURLToPath(new URL('../../../assets/fonts/NotoSansSC-Regular.ttf', import.meta.url))

let font: Promise<Buffer> | null = null
/** Read once: it is two and a half megabytes, and the same for every paper. */
const fontBytes = async (): Promise<Buffer> => {
  font ??= readFile(fontPath)
  return font
}

type FontFace = Readonly<{ hasGlyphForCodePoint(codePoint: number): boolean }>

/** Draws a paper and gives its bytes. The same content makes the same bytes. */
export const makePaper = async (
  info: PaperInfo,
  footer: (page: number, pages: number) => string,
  draw: (sheet: Sheet) => void,
): Promise<Paper> => {
  const document = new PdfWriter({
    ...(info.format === 'A4' ? { size: 'A4' } : { size: 'A5', layout: 'landscape' }),
    margin,
    bufferPages: true,
    lang: info.language === 'zh' ? 'zh-CN' : 'en',
    pdfVersion: '1.7',
    displayTitle: true,
    info: { Title: info.title, Author: info.author, Creator: 'Xianfu', CreationDate: new Date(info.createdAt) },
  })
  const chunks: Buffer[] = []
  document.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = new Promise<void>((resolve, reject) => {
    document.on('end', resolve)
    document.on('error', reject)
  })
  document.registerFont('text', await fontBytes())
  document.font('text')
  const writer = glyphWriter(faceOf(document))
  draw(sheetOn(document, writer.safe))
  drawFooters(document, footer, writer.safe)
  document.end()
  await ended
  return { bytes: new Uint8Array(Buffer.concat(chunks)), missing: writer.missing() }
}

/** The types of the library do not say that the current font is kept, so what is used of it is asserted. */
const faceOf = (document: PDFKit.PDFDocument): FontFace => {
  const { _font: current } = document as unknown as { _font?: { font?: FontFace } }
  if (typeof current?.font?.hasGlyphForCodePoint !== 'function')
    throw new Error('the PDF writer no longer tells which characters its font has')
  return current.font
}

const glyphWriter = (face: FontFace) => {
  const missing = new Set<string>()
  const known = new Map<string, string>()
  const nameOf = (codePoint: number): string => `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`
  const look = (character: string): string => {
    const codePoint = character.codePointAt(0) ?? 0
    if (character === '\n') return character
    if (/\s|\p{Cc}/u.test(character)) return ' '
    if (face.hasGlyphForCodePoint(codePoint)) return character
    missing.add(nameOf(codePoint))
    return `[${nameOf(codePoint)}]`
  }
  const shown = (character: string): string => {
    const found = known.get(character) ?? look(character)
    known.set(character, found)
    return found
  }
  return {
    safe: (text: string): string => text.replaceAll(/./gsu, shown),
    missing: (): readonly string[] => [...missing],
  }
}

const sheetOn = (document: PDFKit.PDFDocument, safe: (text: string) => string): Sheet => {
  const width = document.page.width - 2 * margin
  const bottom = document.page.height - margin - footerHeight
  let y = margin
  const apply = ({ size = plainSize, color = ink }: TextStyle): void => {
    document.fontSize(size).fillColor(color)
  }
  const optionsOf = ({ align = 'left', width: wrap = width }: TextStyle) => ({ align, width: wrap, lineGap: 1 })
  return {
    left: margin,
    width,
    y: () => y,
    move: (down) => {
      y += down
    },
    need: (height) => {
      if (y + height <= bottom) return
      document.addPage()
      y = margin
    },
    heightOf: (text, style) => {
      apply(style)
      return document.heightOfString(safe(text), optionsOf(style))
    },
    text: (text, x, at, style) => {
      apply(style)
      document.text(safe(text), x, at, optionsOf(style))
    },
    rule: (x1, y1, x2, y2, color = faint) => {
      document.moveTo(x1, y1).lineTo(x2, y2).lineWidth(0.6).strokeColor(color).stroke()
    },
    box: (x, at, boxWidth, height, color) => {
      document.rect(x, at, boxWidth, height).fillColor(color).fill()
    },
  }
}

const drawFooters = (
  document: PDFKit.PDFDocument,
  footer: (page: number, pages: number) => string,
  safe: (text: string) => string,
): void => {
  const { start, count } = document.bufferedPageRange()
  for (let page = 0; page < count; page += 1) {
    document.switchToPage(start + page)
    // Below the margin the writer would begin a new page by itself.
    document.page.margins.bottom = 0
    document.fontSize(7.5).fillColor(grey)
    document.text(safe(footer(page + 1, count)), margin, document.page.height - margin - 8, {
      width: document.page.width - 2 * margin,
      align: 'center',
      lineBreak: false,
    })
  }
}
