import type { Credentials } from '@xianfu/protocols'
import { Option, type Command } from 'commander'
import type { Desk } from '../desk.ts'
import { parseLevel, parseOperator, parsePassword } from '../option-parsers.ts'
import { calledWrongly } from '../refusal.ts'

/** What the meter wants to see before it obeys. Passwords of the field stay out of command lines and their history. */
export type CredentialsFlags = Readonly<{
  level: number
  operator: string
  password?: string
  passwordEnv?: string
  yes: boolean
}>

export const withCredentials = (command: Command): Command =>
  command
    .option('--password-env <name>', 'environment variable that holds the 6 digits of the password')
    .addOption(
      new Option('--password <digits>', 'the password itself, for meters on a test bench').argParser(parsePassword),
    )
    .addOption(new Option('--level <0-9>', 'level of the password').default(2).argParser(parseLevel))
    .addOption(
      new Option('--operator <code>', 'operator code that the meter writes into its records')
        .default('00000001')
        .argParser(parseOperator),
    )
    .option('--yes', 'do not ask before it is done', false)

/** From the option, the environment, or the person at the terminal, in this order. */
export const credentialsFrom = async (flags: CredentialsFlags, desk: Desk): Promise<Credentials> => {
  const { level, operator, password, passwordEnv } = flags
  if (password !== undefined && passwordEnv !== undefined)
    throw calledWrongly('Say either --password or --password-env, not both.')
  if (password !== undefined) return { level, operator, password }
  if (passwordEnv !== undefined) {
    const kept = desk.environment(passwordEnv)
    if (kept === undefined || kept === '')
      throw calledWrongly(`The environment variable ${passwordEnv} is not set; put the 6 digits of the password there.`)
    return { level, operator, password: sixDigits(kept) }
  }
  if (desk.askSecret === null)
    throw calledWrongly('The meter wants a password: say with --password-env NAME which variable holds its 6 digits.')
  return { level, operator, password: sixDigits(await desk.askSecret(`Password of level ${String(level)}: `)) }
}

const sixDigits = (text: string): string => {
  if (!/^\d{6}$/u.test(text.trim())) throw calledWrongly('A password has 6 digits; what was given has not.')
  return text.trim()
}
