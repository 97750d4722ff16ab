import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { fastify, type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { handleErrors } from './register.ts'
import { serveConsole } from './serve-console.ts'

const page = '<!doctype html><title>console</title>'
const script = `export const words = ${JSON.stringify('余额 '.repeat(500))}`

let webRoot: string
let app: FastifyInstance

beforeAll(async () => {
  webRoot = await mkdtemp(join(tmpdir(), 'xianfu-console-'))
  await mkdir(join(webRoot, 'assets'))
  await writeFile(join(webRoot, 'index.html'), page)
  await writeFile(join(webRoot, 'index.html.br'), brotliCompressSync(page))
  await writeFile(join(webRoot, 'mark.svg'), '<svg/>')
  await writeFile(join(webRoot, 'assets', 'index-a1.js'), script)
  await writeFile(join(webRoot, 'assets', 'index-a1.js.br'), brotliCompressSync(script))
  await writeFile(join(webRoot, 'assets', 'index-a1.js.gz'), gzipSync(script))
  app = fastify()
  handleErrors(app, () => undefined)
  await serveConsole(app, webRoot)
})

afterAll(async () => {
  await app.close()
  await rm(webRoot, { recursive: true, force: true })
})

const get = async (url: string, encodings = 'identity', accept = '*/*') =>
  app.inject({ method: 'GET', url, headers: { 'accept-encoding': encodings, accept } })

describe('the files of the console', () => {
  it('come compressed as the browser likes it best, and say that they depend on it', async () => {
    const best = await get('/assets/index-a1.js', 'gzip, deflate, br, zstd')
    expect(best.headers).toMatchObject({ 'content-encoding': 'br', vary: 'accept-encoding' })
    expect(best.headers['content-type']).toMatch(/javascript/u)
    expect(brotliDecompressSync(best.rawPayload).toString()).toBe(script)

    const older = await get('/assets/index-a1.js', 'gzip')
    expect(older.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(older.rawPayload).toString()).toBe(script)

    const plain = await get('/assets/index-a1.js')
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(plain.body).toBe(script)
  })

  it('are kept for ever under a name with a hash, and looked at again under any other', async () => {
    for (const encodings of ['br', 'identity'])
      expect((await get('/assets/index-a1.js', encodings)).headers['cache-control']).toBe(
        'public, max-age=31536000, immutable',
      )
    for (const url of ['/', '/mark.svg']) expect((await get(url, 'br')).headers['cache-control']).toBe('no-cache')
  })

  it('are the one page for every address of a page, compressed too', async () => {
    const answer = await get('/meters/7', 'br', 'text/html')
    expect(answer.statusCode).toBe(200)
    expect(answer.headers).toMatchObject({ 'content-encoding': 'br', 'cache-control': 'no-cache' })
    expect(brotliDecompressSync(answer.rawPayload).toString()).toBe(page)
    expect((await get('/meters/7', 'identity', 'text/html')).body).toBe(page)
  })

  it('are refused, not replaced by the page, when an update has taken them away', async () => {
    const answer = await get('/assets/index-b2.js', 'br')
    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toMatchObject({ code: 'not-found' })
    expect((await get('/api/nothing', 'br', 'text/html')).statusCode).toBe(404)
  })
})
