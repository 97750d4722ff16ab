import { randomBytes } from 'node:crypto'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hash } from '@node-rs/argon2'
import type { Database } from '../store/database.ts'
import { countOperators, insertOperator } from '../store/operators.ts'

export const firstLogin = 'admin'
/** Letters and digits that nobody mistakes for one another. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'
const passwordLength = 12

/** 12 characters of 31: about 59 bits. Bytes that would favour some letters are thrown away. */
export const makePassword = (): string => {
  let text = ''
  while (text.length < passwordLength)
    for (const byte of randomBytes(passwordLength))
      if (byte < 248 && text.length < passwordLength) text += alphabet.charAt(byte % alphabet.length)
  return text
}

export const signInFile = (data: string): string => join(data, 'sign-in.txt')

/**
 * Makes the first operator when there is none yet and keeps the password in a file that only the owner may read;
 * returns the password, or null when somebody can sign in already.
 */
export const ensureFirstOperator = async (
  database: Database,
  data: string,
  given: string | undefined,
): Promise<string | null> => {
  if ((await countOperators(database)) > 0) return null
  const password = given ?? makePassword()
  await insertOperator(database, {
    login: firstLogin,
    name: '管理员',
    role: 'administrator',
    passwordHash: await hash(password),
  })
  await mkdir(data, { recursive: true })
  const file = signInFile(data)
  await writeFile(file, `login ${firstLogin}\npassword ${password}\n`, { mode: 0o600 })
  await chmod(file, 0o600)
  return password
}
