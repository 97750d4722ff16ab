import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { GatewayStatus } from '../headend/headend.ts'
import { queueCommands } from '../store/commands.ts'
import { claimCommands, type ClaimedCommand } from '../store/commands-under-way.ts'
import { livingHeadends } from '../store/headends.ts'
import { finishAttempt } from './finish-attempt.ts'
import { confirmSend } from './confirm-send.ts'
import { createGatewayHolder, type GatewayHolder } from './hold-gateways.ts'
import { createTown, type Town } from './testing/town.ts'

const house = '00000000-0000-7000-8000-0000000000a1'
const other = '00000000-0000-7000-8000-0000000000b2'
const gatewayId = 1

/** The field side of a process as far as holding gateways goes. */
const createSide = () => {
  let tell: (status: GatewayStatus) => void = () => undefined
  let status: GatewayStatus = {
    gatewayId,
    online: false,
    since: 0,
    lastHeardAt: null,
    remoteAddress: null,
    queueLength: 0,
  }
  const hungUp: number[] = []
  return {
    hungUp,
    connect(online: boolean) {
      status = { ...status, online, since: Date.parse('2026-11-25T03:00:00Z') }
      tell(status)
    },
    headend: {
      gateways: () => [status],
      gateway: () => status,
      onGatewayChange: (listener: (status: GatewayStatus) => void) => {
        tell = listener
      },
      hangUp: (id: number) => void hungUp.push(id),
    },
  }
}

describe('gateways and the processes that hold them', () => {
  let town: Town
  let stopping: AbortController
  let sides: Record<'house' | 'other', ReturnType<typeof createSide>>
  let holders: Record<'house' | 'other', GatewayHolder>
  let inherited: number[]
  let running: Promise<void>[]

  const start = async (name: 'house' | 'other'): Promise<void> => {
    sides[name] = createSide()
    const self = { id: name === 'house' ? house : other, kind: name === 'house' ? 'house' : 'headend', name } as const
    const onInherited = async (ids: readonly number[]): Promise<void> => {
      inherited.push(...ids)
    }
    const options = { self, headend: sides[name].headend, onInherited, onWork: () => undefined }
    holders[name] = createGatewayHolder(town.context, options)
    await holders[name].register()
    running.push(holders[name].run(stopping.signal))
  }
  const holder = async () => {
    const [row] = await town.database.query<{ headend_id: string | null; online: boolean }>(
      'select headend_id, online from gateway',
    )
    return row?.online === true ? row.headend_id : null
  }
  const claim = async (self: string, onlyHeld: boolean): Promise<ClaimedCommand | undefined> => {
    const asked = { self, onlyHeld, limit: 1, busyMeterIds: [] }
    return (await claimCommands(town.database, asked, town.clock.now()))[0]
  }
  const queueTrip = async (id: string): Promise<void> => {
    const { meterId, accountId } = await town.place('A')
    const now = town.clock.now()
    const trip = {
      id,
      bucket: 0,
      meterId,
      accountId,
      kind: 'keep-power-on',
      urgency: 1,
      requestedBy: 'manager',
    } as const
    const rest = { key: null, reason: 'r', evidence: {}, paymentId: null, expiresAt: now + 3_600_000 }
    await queueCommands(town.database, [{ ...trip, ...rest }], now)
  }
  const stateOf = async (id: string) => {
    const [row] = await town.database.query<{ state: string; owner: string | null }>(
      'select state, owner from relay_command where id = $1',
      [id],
    )
    return row
  }

  beforeAll(async () => {
    town = await createTown([{ place: 'A', opening: 20 }])
  })
  beforeEach(async () => {
    stopping = new AbortController()
    sides = {} as typeof sides
    holders = {} as typeof holders
    inherited = []
    running = []
    await start('house')
    await start('other')
  })
  afterEach(async () => {
    stopping.abort()
    await Promise.all(running)
    await town.database.query(`update relay_command set state = 'cancelled', owner = null where state <> 'verified'`)
    await town.database.query('update gateway set headend_id = null, last_headend_id = null, online = false')
    await town.database.query('delete from headend_process')
  })
  afterAll(async () => town.close())

  test('the newest socket counts, and whoever had it before hangs up', async () => {
    sides.house.connect(true)
    await town.until('the house has it', async () => (await holder()) === house)
    expect(holders.house.gateways()[0]?.online).toBe(true)
    sides.other.connect(true)
    await town.until('the other has it', async () => (await holder()) === other)
    await town.until('the house hangs up', () => sides.house.hungUp.length > 0)
    expect(inherited).toEqual([gatewayId])
    sides.house.connect(false)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await holder()).toBe(other)
    expect((await livingHeadends(town.database)).map(({ name, gateways }) => [name, gateways])).toEqual([
      ['house', 0],
      ['other', 1],
    ])
  })

  test('a headend acts on what it holds, the house also on what nobody holds', async () => {
    await queueTrip('00000000-0000-7000-8000-00000000c001')
    expect(await claim(other, true)).toBeUndefined()
    sides.other.connect(true)
    await town.until('the other has it', async () => (await holder()) === other)
    expect(await claim(house, false)).toBeUndefined()
    expect((await claim(other, true))?.owner).toBe(other)
  })

  test('who does not renew its lease is buried, and comes back to find its command taken', async () => {
    const id = '00000000-0000-7000-8000-00000000c002'
    sides.other.connect(true)
    await town.until('the other has it', async () => (await holder()) === other)
    await queueTrip(id)
    const command = await claim(other, true)
    if (command === undefined) throw new Error('nothing was claimed')
    expect(await confirmSend(town.context, command)).toEqual({ go: true })
    // As if the process had been asleep: its lease is over, and the house looks.
    await town.until('it is buried', async () => {
      await town.database.query(
        `update headend_process set alive_until = clock_timestamp() - interval '1 s' where id = $1 and ended_at is null`,
        [other],
      )
      return (await stateOf(id))?.state === 'queued'
    })
    expect(await stateOf(id)).toEqual({ state: 'queued', owner: null })
    await finishAttempt(town.context, command, { kind: 'unanswered', detail: 'late' }, [], false)
    expect(await stateOf(id)).toEqual({ state: 'queued', owner: null })
    expect(await confirmSend(town.context, command)).toMatchObject({ go: false })
    await town.until('it lives again and has its gateway', async () => (await holder()) === other)
  }, 60_000)
})
