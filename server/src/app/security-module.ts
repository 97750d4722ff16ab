import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { SecurityModule } from '../headend/security/security-module.ts'
import { createTestSecurityModule } from '../headend/security/test-security-module.ts'
import type { Config } from './config.ts'
import { StartRefused, type Mode } from './one-server.ts'
import type { Say } from './say.ts'

/** What the file of a security module must give: see docs/local-fee-control.md. */
type ModuleFile = Readonly<{
  createSecurityModule(options: Readonly<{ keyFile: string | null }>): SecurityModule | Promise<SecurityModule>
}>

type Asked = Pick<Config, 'securityModule' | 'securityKeyFile' | 'allowTestSecurity'>

/**
 * The security module that the configuration names, or null. The test module would let a real field believe that its
 * purchases are protected, so there it starts only for somebody who has said that he knows.
 */
export const openSecurityModule = async (
  { securityModule, securityKeyFile, allowTestSecurity }: Asked,
  mode: Mode,
  say: Pick<Say, 'log'>,
): Promise<SecurityModule | null> => {
  if (securityModule === undefined) return null
  if (securityModule !== 'test') return loadModule(resolve(securityModule), securityKeyFile ?? null)
  if (mode === 'field' && allowTestSecurity !== 'yes')
    throw new StartRefused(
      '--security-module test protects nothing and no real meter accepts it; in a real field it starts only with --allow-test-security yes',
    )
  if (securityKeyFile === undefined)
    throw new StartRefused('--security-module test needs --security-key-file with the key of the virtual meters')
  if (mode === 'field') say.log('warn', 'the test security module is in use: purchases are not protected')
  return createTestSecurityModule({ key: await readKey(securityKeyFile), random: (bytes) => randomBytes(bytes) })
}

const readKey = async (file: string): Promise<string> => {
  try {
    const key = (await readFile(file, 'utf8')).trim()
    if (key !== '') return key
  } catch (error) {
    throw new StartRefused(`--security-key-file: ${error instanceof Error ? error.message : String(error)}`)
  }
  throw new StartRefused(`--security-key-file: ${file} is empty`)
}

const loadModule = async (file: string, keyFile: string | null): Promise<SecurityModule> => {
  try {
    const loaded: unknown = await import(pathToFileURL(file).href)
    if (!isModuleFile(loaded)) throw new Error('it exports no createSecurityModule')
    const made: unknown = await loaded.createSecurityModule({ keyFile })
    if (!isSecurityModule(made)) throw new Error('what it made is no security module')
    return made
  } catch (error) {
    throw new StartRefused(`--security-module ${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const isModuleFile = (loaded: unknown): loaded is ModuleFile =>
  typeof loaded === 'object' &&
  loaded !== null &&
  'createSecurityModule' in loaded &&
  typeof loaded.createSecurityModule === 'function'

const isSecurityModule = (made: unknown): made is SecurityModule =>
  typeof made === 'object' &&
  made !== null &&
  'name' in made &&
  typeof made.name === 'string' &&
  ['identify', 'sealPurchase', 'isGenuine'].every((method) => typeof Reflect.get(made, method) === 'function')
