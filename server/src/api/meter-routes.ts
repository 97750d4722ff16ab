import {
  foreseeTrip,
  listCommands,
  listMeters,
  readHistory,
  readMeter,
  readNow,
  requestCommand,
} from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { permissionsOf } from '../domain/role.ts'
import { viewAgreement } from '../store/view/agreement.ts'
import { viewCommandEvents, viewCommands } from '../store/view/commands.ts'
import { viewPayments, viewReadings } from '../store/view/history.ts'
import { viewMeter, viewMeters } from '../store/view/meters.ts'
import type { ApiAbilities } from './abilities.ts'
import { moneyText, presentCommand, presentDetail, presentMeter } from './present.ts'
import { frameText } from './frame-text.ts'
import { ApiProblem } from './problem.ts'
import { createRegister, type WhoIs } from './register.ts'

export const meterRoutes = (app: FastifyInstance, abilities: ApiAbilities, whoIs: WhoIs): void => {
  const { database, clock } = abilities
  const register = createRegister(app, whoIs, database)
  const known = async (id: number) => {
    const row = await viewMeter(database, id)
    if (row === null) throw new ApiProblem('unknown-meter')
    return row
  }

  register.guarded(listMeters, 'view', async (_, { sites }) => ({
    meters: (await viewMeters(database, sites)).map(presentMeter),
  }))

  register.guarded(readMeter, 'view', async ({ params: { id } }) => {
    const row = await known(id)
    const agreement = row.agreement_id === null ? null : await viewAgreement(database, row.agreement_id)
    return presentDetail({ ...row, agreement })
  })

  register.guarded(readHistory, 'view', async ({ params: { id }, query: { hours } }) => {
    const { account_id: accountId } = await known(id)
    const now = clock.now()
    const from = now - hours * 3_600_000
    const readings = await viewReadings(database, id, from, now)
    const payments = accountId === null ? [] : await viewPayments(database, accountId, from, now)
    return {
      points: readings.map((row) => ({
        at: row.at,
        totalWh: String(row.total_wh),
        usedWh: row.used_wh === null ? null : String(row.used_wh),
        powerMilliwatts: row.power_mw === null ? null : String(row.power_mw),
        quality: row.quality,
        heldBecause: row.held_because,
        charged: row.charged === null ? null : moneyText(row.charged),
        balance: row.balance_after === null ? null : moneyText(row.balance_after),
      })),
      payments: payments.map(({ at, amount, balance_after: balance }) => ({
        at,
        amount: moneyText(amount),
        balance: moneyText(balance),
      })),
    }
  })

  register.guarded(listCommands, 'view', async ({ params: { id } }) => {
    await known(id)
    const commands = await viewCommands(database, id)
    const events = groupBy(
      await viewCommandEvents(
        database,
        commands.map((command) => command.id),
      ),
      ({ command_id: commandId }) => commandId,
    )
    return { commands: commands.map((command) => presentCommand(command, events.get(command.id) ?? [])) }
  })

  register.guarded(foreseeTrip, 'control-trip', async ({ params: { id } }) => {
    const result = await abilities.foreseeTrip(id)
    if (!result.ok) throw new ApiProblem(result.code)
    const { foreseen, balance } = result
    return {
      outcome: foreseen.outcome,
      because: [...foreseen.because],
      balance: balance === null ? null : moneyText(balance),
    }
  })

  register.guarded(requestCommand, 'control', async ({ params: { id }, body: { key, kind, reason } }, caller) => {
    if (kind === 'trip' && !permissionsOf[caller.role].includes('control-trip')) throw new ApiProblem('not-permitted')
    const result = await abilities.requestCommand({
      meterId: id,
      key,
      kind,
      reason,
      operator: { id: caller.id, login: caller.login },
    })
    if (!result.ok) throw new ApiProblem(result.code)
    return { id: result.id, kind: result.kind, state: result.state, createdAt: result.createdAt }
  })

  register.guarded(readNow, 'read-now', async ({ params: { id } }) => {
    const result = await abilities.readNow(id)
    if (!result.ok) throw new ApiProblem(result.code)
    return {
      at: result.at,
      exchanges: result.exchanges.map(({ meaning, request, response, durationMs }) => ({
        meaning,
        request: frameText(request),
        response: response === null ? null : frameText(response),
        durationMs,
      })),
    }
  })
}

const groupBy = <T, K>(rows: readonly T[], keyOf: (row: T) => K): ReadonlyMap<K, readonly T[]> => {
  const groups = new Map<K, T[]>()
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row])
  return groups
}
