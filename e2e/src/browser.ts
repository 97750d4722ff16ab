import chromium from '@sparticuz/chromium'
import { chromium as playwright, type Browser, type Page } from 'playwright-core'
import type { RunningServer } from './running-server.ts'

/** The Chromium that comes with the project's own packages: nothing of the system is needed. */
export const openBrowser = async (): Promise<Browser> =>
  playwright.launch({ executablePath: await chromium.executablePath(), args: chromium.args, headless: true })

/** The console, as the first operator has it after signing in. */
export const openConsole = async (
  browser: Browser,
  { url, password }: Pick<RunningServer, 'url' | 'password'>,
  locale = 'zh-CN',
): Promise<Page> => {
  const page = await browser.newPage({ locale })
  await page.goto(url)
  await page.fill('input[autocomplete=username]', 'admin')
  await page.fill('input[type=password]', password)
  await page.keyboard.press('Enter')
  return page
}
