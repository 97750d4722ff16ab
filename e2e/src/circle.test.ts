import { listMessages, listMeters, requestCommand, topUp } from '@xianfu/contract'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDataFolder, startServer, until, type RunningServer } from './running-server.ts'
import { openBrowser, openConsole } from './browser.ts'
import { commandsOf, payUpTo, storyMeter, untilCommand } from './story.ts'

/** One program, one village, one evening: each test goes on where the one before has left the metering point. */
describe('the main job, over real TCP and a real database', () => {
  let folder: Awaited<ReturnType<typeof makeDataFolder>>
  let server: RunningServer
  const known = new Set<string>()
  const withinMs = 90_000
  const timeout = 120_000

  const nextTrip = async (states: Parameters<typeof untilCommand>[2]['states']) => {
    const { id } = await storyMeter(server)
    const trip = await untilCommand(server, id, { kind: 'trip', states, not: known }, withinMs)
    known.add(trip.id)
    return trip
  }
  const relayInTheField = async () =>
    (await server.field('GET', `/meters/${(await storyMeter(server)).address}`)).relay.actual

  beforeAll(async () => {
    folder = await makeDataFolder()
    server = await startServer(folder.path, { speed: 1_000 })
  }, 120_000)
  afterAll(async () => {
    await server.stop()
    await folder.remove()
  }, 60_000)

  test('the money runs out: warned, warned again, told of the stop, tripped, proven', { timeout }, async () => {
    const trip = await nextTrip(['verified'])
    const { account, address } = await storyMeter(server)
    const { messages } = await server.call(listMessages, { query: { account: account.id } })
    expect(
      messages
        .map(({ notice }) => notice)
        .reverse()
        .slice(0, 3),
    ).toEqual(['warning-1', 'warning-2', 'pre-stop'])
    expect(trip.events.some(({ kind, response }) => kind === 'state-read' && response !== null)).toBe(true)
    expect(await relayInTheField()).toBe('open')
    await server.field('PATCH', `/meters/${address}`, { constantWatts: 36_000 })
  })

  test('the payment closes the relay, and the same payment again changes nothing', { timeout }, async () => {
    const { id, account } = await storyMeter(server)
    const body = { key: randomUUID(), amount: '12.00' }
    const paid = await server.call(topUp, { params: { id: account.id }, body })
    const again = await server.call(topUp, { params: { id: account.id }, body })
    expect([paid.fresh, again.fresh, again.paymentId]).toEqual([true, false, paid.paymentId])
    const close = await untilCommand(server, id, { kind: 'direct-close', states: ['verified'] }, withinMs)
    expect(close.id).toBe(paid.restoring[0]?.commandId)
    expect(await relayInTheField()).toBe('closed')
  })

  test('a payment that arrives while a trip waits cancels it', { timeout }, async () => {
    const { gateway, address } = await storyMeter(server)
    const trips = async () =>
      (await server.field('GET', `/meters/${address}`)).obeyed.filter(({ action }) => action === 'trip').length
    const before = await trips()
    await untilStage('stop-notified')
    await server.field('POST', `/gateways/${gateway.code}/offline`)
    const waiting = await nextTrip(['queued'])
    await payUpTo(server, 12)
    const { id } = await storyMeter(server)
    const after = (await commandsOf(server, id)).find((command) => command.id === waiting.id)
    expect(after?.state).toBe('cancelled')
    await server.field('POST', `/gateways/${gateway.code}/online`)
    await until('gateway online', async () => (await storyMeter(server)).gateway.online, withinMs)
    expect(await trips()).toBe(before)
  })

  const untilStage = async (stage: string) =>
    until(stage, async () => (await storyMeter(server)).account.stage === stage, withinMs)

  test('a trip that nobody answers is tried again and shown as failed, never as success', { timeout }, async () => {
    const { address } = await storyMeter(server)
    await server.field('PATCH', `/meters/${address}`, { behaviours: [{ kind: 'no-answer', functions: [0x1c] }] })
    const trip = await nextTrip(['failed', 'verified'])
    expect(trip.state).toBe('failed')
    expect(trip.attempts).toBe(3)
    expect(await relayInTheField()).toBe('closed')
    await server.field('PATCH', `/meters/${address}`, { behaviours: [], constantWatts: 6_000 })
    await payUpTo(server, 12)
  })

  test('kill -9 of server and database loses no acknowledged payment', { timeout }, async () => {
    const { account } = await storyMeter(server)
    const body = { key: randomUUID(), amount: '7.77' }
    const paid = await server.call(topUp, { params: { id: account.id }, body })
    await server.crash()
    server = await startServer(folder.path, { speed: 1_000 })
    const again = await server.call(topUp, { params: { id: account.id }, body })
    expect(again).toMatchObject({ fresh: false, paymentId: paid.paymentId })
  })

  test('bad input is refused in words', { timeout }, async () => {
    const { id, account } = await storyMeter(server)
    const pay = async (amount: string) =>
      server.call(topUp, { params: { id: account.id }, body: { key: randomUUID(), amount } })
    for (const amount of ['0', '-5', '1.234', 'abc', '10000000'])
      await expect(pay(amount)).rejects.toMatchObject({
        status: 400,
        problem: { code: 'bad-input', fields: [{ path: 'amount' }] },
      })
    const command = { key: randomUUID(), kind: 'trip' as const, reason: '  ' }
    await expect(server.call(requestCommand, { params: { id }, body: command })).rejects.toMatchObject({ status: 400 })
    await expect(server.call(listMeters)).resolves.toBeDefined()
  })

  test('in the browser: sign in, find the tripped meter, top up, see it closed', { timeout }, async () => {
    const { id, address } = await storyMeter(server)
    await server.field('PATCH', `/meters/${address}`, { constantWatts: 36_000 })
    await nextTrip(['verified'])
    const browser = await openBrowser()
    try {
      const page = await openConsole(browser, server)
      await page.getByText('工坊 3').first().click()
      // Pages are fetched when they are first opened: keys belong to the one before until then.
      await page.getByRole('heading', { name: '工坊 3' }).waitFor()
      await page.getByText('断开', { exact: true }).first().waitFor()
      await server.field('PATCH', `/meters/${address}`, { constantWatts: 0 })
      await page.keyboard.press('t')
      await page.getByLabel('缴费金额').fill('500')
      await page.keyboard.press('Enter')
      await page.getByText('正在恢复供电').waitFor()
      await page.getByText('合闸', { exact: true }).first().waitFor({ timeout: 30_000 })
      expect((await storyMeter(server)).relay).toBe('closed')
      expect(
        (await commandsOf(server, id)).some(({ kind, state }) => kind === 'direct-close' && state === 'verified'),
      ).toBe(true)
    } finally {
      await browser.close()
    }
  })

  test('in the browser: the lines with their time, one of which is paused and goes on', { timeout }, async () => {
    const browser = await openBrowser()
    try {
      const page = await openConsole(browser, server)
      await page.getByText('工坊 3').first().waitFor()
      await page.keyboard.press('b')
      const lines = page.getByRole('table', { name: '总线列表' })
      await lines
        .getByText(/^(能保证|勉强|做不到)$/u)
        .first()
        .waitFor()
      expect(await lines.getByText(/^GW-0\d$/u).count()).toBe(3)
      await page.keyboard.press('p')
      await page.getByPlaceholder('原因').fill('更换接线')
      await page.keyboard.press('Enter')
      await page.getByText(/暂停采集至/u).waitFor()
      await page.getByRole('button', { name: '恢复采集' }).click()
      await page.getByText(/暂停采集至/u).waitFor({ state: 'detached' })
    } finally {
      await browser.close()
    }
  })

  test('in the browser: a list is walked by keys and keeps its place in the address', { timeout }, async () => {
    const browser = await openBrowser()
    try {
      const page = await browser.newPage({ locale: 'zh-CN' })
      await page.goto(server.url)
      await page.fill('input[autocomplete=username]', 'admin')
      await page.fill('input[type=password]', server.password)
      await page.keyboard.press('Enter')
      const meters = page.getByRole('table', { name: '电表列表' })
      const chosen = meters.locator('[aria-selected=true]')
      await chosen.waitFor()
      await page.keyboard.press('End')
      await page.waitForURL(/\?id=\d+$/u)
      const last = await chosen.innerText()
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: '返回列表' }).waitFor()
      await page.keyboard.press('Escape')
      await page.waitForURL(/\?id=\d+$/u)
      await chosen.waitFor()
      expect((await chosen.innerText()).split('\t')[0]).toBe(last.split('\t')[0])

      // The same place for a colleague who is sent the address, and on a screen that has room for one thing only.
      await page.keyboard.press('b')
      const lines = page.getByRole('table', { name: '总线列表' })
      await lines.getByText('GW-02').waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type('GW-02')
      await page.waitForURL(/\/lines\?q=GW-02$/u)
      await page.setViewportSize({ width: 390, height: 844 })
      await page.reload()
      await lines.getByText('GW-02').click()
      await page.waitForURL(/[?&]id=\d+/u)
      await page.getByRole('complementary', { name: '总线详情' }).getByText('GW-02').waitFor()
      await page.goBack()
      await lines.getByText('GW-02').waitFor()
      expect(await lines.getByText(/^GW-0\d$/u).count()).toBe(1)
    } finally {
      await browser.close()
    }
  })

  test('in the browser: a page that an update has taken away says so and offers to reload', { timeout }, async () => {
    const browser = await openBrowser()
    try {
      const page = await browser.newPage({ locale: 'zh-CN' })
      await page.route('**/assets/work-page*', async (route) => route.fulfill({ status: 404, body: '{}' }))
      await page.goto(server.url)
      await page.fill('input[autocomplete=username]', 'admin')
      await page.fill('input[type=password]', server.password)
      await page.keyboard.press('Enter')
      await page.getByRole('table', { name: '电表列表' }).waitFor()
      await page.keyboard.press('w')
      await page.getByText('这部分页面加载失败').waitFor()
      // The rest of the house stands, and the way out of it works once the page is there again.
      expect(await page.getByRole('navigation').isVisible()).toBe(true)
      await page.unroute('**/assets/work-page*')
      await page.getByRole('button', { name: '刷新页面' }).click()
      await page.getByRole('table', { name: '待办' }).waitFor()
    } finally {
      await browser.close()
    }
  })
})
