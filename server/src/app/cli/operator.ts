import { Argument, Command, Option } from 'commander'
import { permissionsOf, type Role } from '../../domain/role.ts'
import { addOperator, resetPassword } from '../../flow/operators.ts'
import { listOperators } from '../../store/operators.ts'
import { makePassword } from '../first-operator.ts'
import { StartRefused } from '../one-server.ts'
import { inHouse, withDatabaseOptions } from './house-command.ts'

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const roles = Object.keys(permissionsOf) as Role[]

/** Who may sign in. Passwords are made here and shown once; nothing is ever sent or kept in clear. */
export const operatorCommand = (): Command => {
  const login = new Argument('<login>', 'the name to sign in with, 1 to 64 characters')
  const add = withDatabaseOptions(new Command('add'))
    .description('let somebody in; prints a password')
    .addArgument(login)
    .addOption(new Option('--role <role>', 'what they may do').choices(roles).makeOptionMandatory())
    .option('--name <name>', 'shown in the console (default: the login)')
    .action(async (given: string, options: Readonly<Record<string, unknown>> & { role: Role; name?: string }) => {
      if (given.length < 1 || given.length > 64) throw new StartRefused('a login has 1 to 64 characters')
      const password = makePassword()
      await inHouse(options, async (database) => {
        const operator = { login: given, name: options.name ?? given, role: options.role, password }
        const added = await addOperator(database, Date.now(), operator)
        if (!added.ok) throw new StartRefused(`the login ${given} is taken; choose another`)
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
        if (!changed.ok) throw new StartRefused(`there is no login ${given}; "xianfu operator list" shows all`)
        print(`${given} now signs in with the password ${made}`)
      })
    })
  const list = withDatabaseOptions(new Command('list'))
    .description('who may sign in')
    .action(async (options: Readonly<Record<string, unknown>>) =>
      inHouse(options, async (database) => {
        for (const { login: known, role, name } of await listOperators(database))
          print(`${known.padEnd(20)} ${role.padEnd(16)} ${name}`)
      }),
    )
  return new Command('operator')
    .description('let people into the console, or change a password')
    .addCommand(add)
    .addCommand(password)
    .addCommand(list)
}
