#!/usr/bin/env node
// Unpacks a WOFF 1.0 font into the plain TrueType file that it was made of: `node unpack-woff.mjs FONT.woff FONT.ttf`.
// The PDF library needs many seconds for every document with a compressed font, and milliseconds with a plain one.
import { readFileSync, writeFileSync } from 'node:fs'
import { inflateSync } from 'node:zlib'

const [from, to] = process.argv.slice(2)
if (from === undefined || to === undefined) throw new Error('usage: node unpack-woff.mjs FONT.woff FONT.ttf')
const woff = readFileSync(from)
if (woff.toString('latin1', 0, 4) !== 'wOFF') throw new Error(`${from} is no WOFF 1.0 file`)

const headerBytes = 12
const entryBytes = 16
const count = woff.readUInt16BE(12)
const tables = Array.from({ length: count }, (_, index) => {
  const at = 44 + index * 20
  const [offset, packed, length] = [4, 8, 12].map((field) => woff.readUInt32BE(at + field))
  const bytes = woff.subarray(offset, offset + packed)
  const data = packed < length ? inflateSync(bytes) : bytes
  if (data.length !== length)
    throw new Error(`table ${String(index)} has ${String(data.length)} of ${String(length)} bytes`)
  return { tag: woff.subarray(at, at + 4), checksum: woff.readUInt32BE(at + 16), data }
})

const power = 2 ** Math.floor(Math.log2(count))
const header = Buffer.alloc(headerBytes + count * entryBytes)
woff.copy(header, 0, 4, 8)
header.writeUInt16BE(count, 4)
header.writeUInt16BE(power * entryBytes, 6)
header.writeUInt16BE(Math.log2(power), 8)
header.writeUInt16BE((count - power) * entryBytes, 10)
let offset = header.length
const bodies = tables.map(({ tag, checksum, data }, index) => {
  const at = headerBytes + index * entryBytes
  tag.copy(header, at)
  header.writeUInt32BE(checksum, at + 4)
  header.writeUInt32BE(offset, at + 8)
  header.writeUInt32BE(data.length, at + 12)
  const padded = Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)])
  offset += padded.length
  return padded
})
writeFileSync(to, Buffer.concat([header, ...bodies]))
