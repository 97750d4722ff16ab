import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSecurityModule } from './security-module.ts'

let folder: string
const quiet = { log: () => undefined }
const allowTestSecurity = undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xianfu-security-'))
  await writeFile(join(folder, 'key'), 'a key of this test\n')
  await writeFile(join(folder, 'empty'), '\n')
  await writeFile(
    join(folder, 'module.mjs'),
    `export const createSecurityModule = ({ keyFile }) => ({
       name: 'of ' + keyFile,
       identify: async () => ({ cipher: new Uint8Array(8), random: new Uint8Array(8) }),
       sealPurchase: async () => ({ amountMac: new Uint8Array(4), customerMac: new Uint8Array(4) }),
       isGenuine: async () => true,
     })`,
  )
  await writeFile(join(folder, 'half.mjs'), "export const createSecurityModule = () => ({ name: 'half' })")
  await writeFile(join(folder, 'nothing.mjs'), 'export const another = 1')
})
afterAll(async () => rm(folder, { recursive: true }))

const key = () => join(folder, 'key')

test('nothing is asked for, nothing is there', async () => {
  const asked = { securityModule: undefined, securityKeyFile: undefined, allowTestSecurity }
  expect(await openSecurityModule(asked, 'field', quiet)).toBeNull()
})

test('the test module does not start in a real field, unless somebody says so', async () => {
  const asked = { securityModule: 'test', securityKeyFile: key(), allowTestSecurity }
  await expect(openSecurityModule(asked, 'field', quiet)).rejects.toThrow('--allow-test-security')
  const said: string[] = []
  const loud = { log: (_: string, what: string) => said.push(what) }
  expect((await openSecurityModule({ ...asked, allowTestSecurity: 'yes' }, 'field', loud))?.name).toBe('test')
  expect(said).toEqual(['the test security module is in use: purchases are not protected'])
  expect((await openSecurityModule(asked, 'demonstration', quiet))?.name).toBe('test')
})

test.each([
  ['without a key', undefined, '--security-key-file'],
  ['with a key file that is not there', 'missing', 'missing'],
  ['with an empty key file', 'empty', 'is empty'],
])('the test module %s does not start', async (_, file, words) => {
  const securityKeyFile = file === undefined ? undefined : join(folder, file)
  const asked = { securityModule: 'test', securityKeyFile, allowTestSecurity }
  await expect(openSecurityModule(asked, 'demonstration', quiet)).rejects.toThrow(words)
})

test('the key does not stand in what is said of it', async () => {
  const asked = { securityModule: 'test', securityKeyFile: key(), allowTestSecurity }
  const made = await openSecurityModule(asked, 'demonstration', quiet)
  expect(JSON.stringify(made)).not.toContain('a key of this test')
})

test('a module of the utility is loaded from its file', async () => {
  const asked = { securityModule: join(folder, 'module.mjs'), securityKeyFile: 'K', allowTestSecurity }
  expect((await openSecurityModule(asked, 'field', quiet))?.name).toBe('of K')
})

test.each(['half.mjs', 'nothing.mjs', 'missing.mjs'])('%s is refused with its name', async (file) => {
  const asked = { securityModule: join(folder, file), securityKeyFile: undefined, allowTestSecurity }
  await expect(openSecurityModule(asked, 'field', quiet)).rejects.toThrow(file)
})
