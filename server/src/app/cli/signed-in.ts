import { createClient, RequestError, signIn, signOut, type Call } from '@xianfu/contract'
import { Option, type Command } from 'commander'
import type { Desk, Language } from './desk.ts'
import { inLanguage, languageOption } from './language-option.ts'
import { calledWrongly, cannotBeDone } from './refusal.ts'

/** Commands that somebody is answerable for: they go over HTTP to a running server, signed in like the console. */
export type SignInFlags = Readonly<{
  server: string
  operator: string
  passwordEnv?: string
  lang?: Language
}>

const localServer = 'http://127.0.0.1:8480'
const answerWithinMs = 60_000

export const serverOption = (): Option => new Option('--server <url>', 'the running server, as a browser opens it')

export const withSignIn = (command: Command): Command =>
  command
    .addOption(serverOption().default(localServer))
    .requiredOption('--operator <login>', 'who does it; the audit log names them')
    .option('--password-env <name>', 'environment variable that holds their password (else it is asked for)')
    .addOption(languageOption())

/** Who is at work, and with which password: dangerous deeds want it again, and it has just been said. */
export type AtWork = Readonly<{ call: Call; login: string; password: string; desk: Desk }>

/**
 * Signs in, does the work, signs out. What the server refuses is told in its own words, in the language of the person.
 * A password is never taken from the command line: that is kept in histories and shown in lists of processes.
 */
export const signedIn = async (
  flags: SignInFlags,
  openDesk: Desk,
  work: (at: AtWork) => Promise<void>,
): Promise<number> => {
  const desk = inLanguage(openDesk, flags.lang)
  const url = serverOf(flags.server)
  if (url.protocol === 'http:' && !['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname))
    desk.complain(`notice: ${url.host} is spoken to without TLS; whoever is on the way can read the password`)
  const password = await passwordOf(flags, desk)
  let cookie = ''
  const call = createClient(url.origin, async (address, init) => {
    const headers = { ...init.headers, ...(cookie === '' ? {} : { cookie }) }
    const answer = await fetch(address, { ...init, headers, signal: AbortSignal.timeout(answerWithinMs) })
    cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
    return answer
  })
  try {
    await call(signIn, { body: { login: flags.operator, password } })
    try {
      await work({ call, login: flags.operator, password, desk })
    } finally {
      // Gone with its cookie anyway; a server that is away has nobody to sign out.
      await call(signOut).catch(() => undefined)
    }
    return 0
  } catch (error) {
    throw inWords(error, desk, url)
  }
}

/** A reader of the server that needs no word of its own. */
const serverOf = (text: string): URL => {
  if (!URL.canParse(text) || !/^https?:$/u.test(new URL(text).protocol))
    throw calledWrongly(`${text} is no server; write it like ${localServer}`)
  return new URL(text)
}

const passwordOf = async ({ operator, passwordEnv }: SignInFlags, desk: Desk): Promise<string> => {
  if (passwordEnv !== undefined) {
    const kept = desk.environment(passwordEnv) ?? ''
    if (kept === '') throw calledWrongly(`the environment variable ${passwordEnv} is not set; put the password there`)
    return kept
  }
  if (desk.askSecret === null)
    throw calledWrongly(
      'nobody can be asked for the password here: say with --password-env NAME which variable holds it',
    )
  return desk.askSecret(`Password of ${operator}: `)
}

const inWords = (error: unknown, { language }: Desk, url: URL): unknown => {
  if (!(error instanceof RequestError)) return error
  if (error.problem !== null) {
    const { message, fields = [] } = error.problem
    return cannotBeDone([message[language], ...fields.map(({ path, message: why }) => `${path}: ${why}`)].join(' '))
  }
  return cannotBeDone(
    error.status === 0
      ? `nobody answers at ${url.origin}; is the server running? say --server when it is elsewhere`
      : `${url.origin} gave an answer that is not Xianfu's (status ${String(error.status)})`,
  )
}
