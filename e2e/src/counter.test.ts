import { listShifts, readAccount, type AccountFile } from '@xianfu/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, openConsole } from './browser.ts'
import { makeDataFolder, startServer, type RunningServer } from './running-server.ts'
import { storyMeter } from './story.ts'

describe('a day at the counter, in the browser', () => {
  let folder: Awaited<ReturnType<typeof makeDataFolder>>
  let server: RunningServer
  beforeAll(async () => {
    folder = await makeDataFolder()
    server = await startServer(folder.path, { speed: 1 })
  }, 120_000)
  afterAll(async () => {
    await server.stop()
    await folder.remove()
  }, 60_000)

  const file = async (): Promise<AccountFile> => {
    const { account } = await storyMeter(server)
    return server.call(readAccount, { params: { id: account.id } })
  }

  test(
    'a shift is opened, a payment is taken and reversed, and the shift is closed with a difference',
    {
      timeout: 120_000,
    },
    async () => {
      const browser = await openBrowser()
      try {
        const page = await openConsole(browser, server)
        await page.getByText('工坊 3').first().waitFor()
        await page.keyboard.press('f')
        await page.getByText(/^未开班/u).waitFor()

        // Letters are keys again once the search has been left.
        await page.getByLabel('搜索户号、姓名、电话、地址、表号').fill('工坊 3')
        await page.getByRole('table', { name: '查找结果' }).getByText('工坊 3').waitFor()
        await page.keyboard.press('Enter')
        await page.getByRole('heading', { level: 2 }).first().waitFor()
        await page.keyboard.press('o')
        await page.getByLabel('清点备用金（元）').fill('200')
        await page.getByText('领用备用金 200.00 元').waitFor()
        await page.keyboard.press('Enter')
        await page.getByText('钱箱应有').waitFor()

        const pay = async (amount: string): Promise<void> => {
          await page.keyboard.press('t')
          await page.getByLabel('缴费金额').fill(amount)
          await page.keyboard.press('Enter')
          await page.getByText(`已入账 ${amount}.00 元`).waitFor()
          await page.keyboard.press('Escape')
          await page.locator('.ant-modal-wrap').waitFor({ state: 'detached' })
        }
        await pay('80')
        await pay('50')
        const table = page.getByRole('table', { name: '业务记录' })
        await table.getByText('50.00').waitFor()
        await page.keyboard.press('v')
        await page.getByLabel('原因（必填）').fill('收错金额')
        await page.keyboard.press('Enter')
        await page.getByText('已办理：冲正').waitFor()
        await table.getByText('已冲正').waitFor()

        await page.keyboard.press('o')
        await page.getByLabel('清点现金（元）').fill('278.50')
        await page.getByRole('status').getByText('-1.50').waitFor()
        await page.getByLabel('差异说明（必填）').fill('找零多付')
        await page.keyboard.press('Enter')
        await page.getByText('已交班').waitFor()
        await page.getByRole('button', { name: '打印日结单' }).waitFor()
        expect(await page.locator('body > .receipt').textContent()).toContain('找零多付')
        await page.keyboard.press('Enter')
        await page.getByText(/^未开班。钱箱账面 0.00 元/u).waitFor()
      } finally {
        await browser.close()
      }
      const { operations } = await file()
      expect(operations.slice(0, 3).map(({ kind, amount }) => [kind, amount])).toEqual([
        ['reverse', '50.00'],
        ['payment', '50.00'],
        ['payment', '80.00'],
      ])
      const { shifts } = await server.call(listShifts)
      expect(shifts).toMatchObject([
        {
          opening: '200.00',
          expected: '280.00',
          byOthers: '0.00',
          totals: [{ means: 'cash-counter', payments: 2, taken: '130.00', reversed: '-50.00', net: '80.00' }],
          closed: { counted: '278.50', difference: '-1.50', note: '找零多付' },
        },
      ])
    },
  )
})
