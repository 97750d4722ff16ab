import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testCertificate, testKey } from '../headend/testing/test-certificate.ts'
import { readConfig } from './config.ts'
import { readGatewayTls, type GatewayTls } from './gateway-tls.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xianfu-tls-'))
  await writeFile(join(folder, 'certificate.pem'), testCertificate)
  await writeFile(join(folder, 'key.pem'), testKey)
  await writeFile(join(folder, 'nonsense.pem'), 'nonsense')
})
afterAll(async () => rm(folder, { recursive: true }))

const readWith = async (files: Readonly<Record<string, string>>): Promise<GatewayTls> => {
  const options = Object.fromEntries(Object.entries(files).map(([key, file]) => [key, join(folder, file)]))
  const read = readConfig({ ...options, gatewayTlsPort: '0' }, {})
  if (!read.ok) throw new Error(read.problems.join())
  return readGatewayTls(read.config, '127.0.0.1')
}

const certificate = { gatewayTlsCertificate: 'certificate.pem' }
const key = { gatewayTlsKey: 'key.pem' }

test('without a certificate there is no TLS port', async () => {
  expect(await readWith({})).toEqual({ ok: true, listening: null })
})

test('certificate, key and authorities are read from their files', async () => {
  const listening = { host: '127.0.0.1', port: 0, certificate: testCertificate, key: testKey, clientAuthorities: null }
  expect(await readWith({ ...certificate, ...key })).toEqual({ ok: true, listening })
  expect(await readWith({ ...certificate, ...key, gatewayTlsClients: 'certificate.pem' })).toMatchObject({
    listening: { clientAuthorities: testCertificate },
  })
})

test.each([
  ['a certificate without its key', certificate, 'needs both'],
  ['a key without its certificate', key, 'needs both'],
  ['a file that is not there', { ...certificate, gatewayTlsKey: 'nothing.pem' }, 'nothing.pem'],
  ['a file that is no certificate', { ...key, gatewayTlsCertificate: 'nonsense.pem' }, 'TLS for gateways: '],
])('%s is said, with what to mend', async (_, files, words) => {
  expect(await readWith(files)).toMatchObject({ ok: false, words: expect.stringContaining(words) as string })
})
