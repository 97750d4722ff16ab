import { Argument, Command, Option } from 'commander'
import { permissionsOf, type Role } from '../../domain/role.ts'
import { addOperator, moveOperator, resetPassword, shutOut, type OperatorRefusal } from '../../flow/operators.ts'
import { listOperators } from '../../store/operators.ts'
import { makePassword } from '../first-operator.ts'
import { StartRefused } from '../one-server.ts'
import { inHouse, withDatabaseOptions } from './house-command.ts'

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const roles = Object.keys(permissionsOf) as Role[]

type AddOptions = Readonly<Record<string, unknown>> & Readonly<{ role: Role; name?: string; site?: readonly string[] }>
type SitesOptions = Readonly<Record<string, unknown>> & Readonly<{ site?: readonly string[]; all?: boolean }>

const refusalOf = (code: OperatorRefusal, login: string): StartRefused =>
  new StartRefused(
    {
      'login-taken': `the login ${login} is taken; choose another`,
      'unknown-login': `there is no login ${login}; "xianfu operator list" shows all`,
      'unknown-site': 'there is no such site; sites are named as the console names them',
      'last-administrator': `${login} is the last administrator of all sites; let another one in first`,
    }[code],
  )

/** Who may sign in. Passwords are made here and shown once; nothing is ever sent or kept in clear. */
export const operatorCommand = (): Command => {
  const login = new Argument('<login>', 'the name to sign in with, 1 to 64 characters')
  const add = withDatabaseOptions(new Command('add'))
    .description('let somebody in; prints a password')
    .addArgument(login)
    .addOption(new Option('--role <role>', 'what they may do').choices(roles).makeOptionMandatory())
    .option('--name <name>', 'shown in the console (default: the login)')
    .option('--site <name...>', 'the sites of their branch: they see and control no other (default: all)')
    .action(async (given: string, options: AddOptions) => {
      if (given.length < 1 || given.length > 64) throw new StartRefused('a login has 1 to 64 characters')
      const password = makePassword()
      await inHouse(options, async (database) => {
        const operator = {
          login: given,
          name: options.name ?? given,
          role: options.role,
          password,
          sites: options.site ?? null,
        }
        const added = await addOperator(database, Date.now(), operator)
        if (!added.ok) throw refusalOf(added.code, given)
        print(`${given} may sign in as ${options.role} with the password ${password}`)
      })
    })
  const password = withDatabaseOptions(new Command('password'))
    .description('make a new password; whoever is signed in with the old one is signed out')
    .addArgument(login)
    .action(async (given: string, options: Readonly<Record<string, unknown>>) => {
      const made = makePassword()
      await inHouse(options, async (database) => {
        const changed = await resetPassword(database, Date.now(), given, made)
        if (!changed.ok) throw refusalOf(changed.code, given)
        print(`${given} now signs in with the password ${made}`)
      })
    })
  const sites = withDatabaseOptions(new Command('sites'))
    .description('say which sites somebody answers for; holds from their next request on')
    .addArgument(login)
    .addOption(new Option('--site <name...>', 'the sites of their branch').conflicts('all'))
    .option('--all', 'all there are and will be')
    .action(async (given: string, options: SitesOptions) => {
      const { site, all = false } = options
      if (site === undefined && !all) throw new StartRefused('say --site <name> once or more, or --all')
      await inHouse(options, async (database) => {
        const moved = await moveOperator(database, Date.now(), given, site ?? null)
        if (!moved.ok) throw refusalOf(moved.code, given)
        print(`${given} now answers for ${site === undefined ? 'all sites' : site.join(', ')}`)
      })
    })
  const shutting = (name: string, isOut: boolean) =>
    withDatabaseOptions(new Command(name))
      .description(isOut ? 'shut somebody out at once; their deeds keep their name' : 'let somebody sign in again')
      .addArgument(login)
      .action(async (given: string, options: Readonly<Record<string, unknown>>) =>
        inHouse(options, async (database) => {
          const done = await shutOut(database, Date.now(), given, isOut)
          if (!done.ok) throw refusalOf(done.code, given)
          print(isOut ? `${given} can no longer sign in` : `${given} may sign in again`)
        }),
      )
  const list = withDatabaseOptions(new Command('list'))
    .description('who may sign in')
    .action(async (options: Readonly<Record<string, unknown>>) =>
      inHouse(options, async (database) => {
        for (const { login: known, role, name, sites, disabledAt } of await listOperators(database)) {
          const where = sites === null ? 'all sites' : sites.join(', ')
          print(`${known.padEnd(20)} ${role.padEnd(16)} ${name}  ${where}${disabledAt === null ? '' : '  disabled'}`)
        }
      }),
    )
  return new Command('operator')
    .description('let people into the console, say which sites are theirs, change a password, shut somebody out')
    .addCommand(add)
    .addCommand(password)
    .addCommand(sites)
    .addCommand(shutting('disable', true))
    .addCommand(shutting('enable', false))
    .addCommand(list)
}
