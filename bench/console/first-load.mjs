#!/usr/bin/env node
/**
 * `npm run bench:console [-- --url http://… --password … --page /work]`: what a browser that has never been here fetches until
 * it can sign in, until a page stands, and when it comes back; a demonstration is started unless one is named. The time
 * is that of a line of so many megabit and so long a way (`--mbit`, `--rtt`), which the browser itself holds to.
 */
import { parseArgs } from 'node:util'
import { openBrowser } from '../../e2e/dist/browser.js'
import { makeDataFolder, startServer } from '../../e2e/dist/running-server.js'

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    password: { type: 'string' },
    page: { type: 'string', default: '/' },
    mbit: { type: 'string', default: '10' },
    rtt: { type: 'string', default: '40' },
  },
})
const bytesPerSecond = (Number(values.mbit) * 1_000_000) / 8
/** No request on its way for so long: what was wanted is there. */
const quietMs = 1_500

const say = (text) => process.stdout.write(`${text}\n`)

/** Counts what travels for the console's own files. `encodedDataLength` is what came over the line, headers included. */
const watch = async (page) => {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: Number(values.rtt),
    downloadThroughput: bytesPerSecond,
    uploadThroughput: bytesPerSecond,
  })
  const files = new Map()
  let counted = { requests: 0, line: 0, raw: 0 }
  session.on('Network.responseReceived', ({ requestId, response }) => {
    const own = new URL(response.url).pathname
    if (!own.startsWith('/api/') && !response.fromDiskCache) files.set(requestId, 0)
  })
  session.on('Network.dataReceived', ({ requestId, dataLength }) => {
    if (files.has(requestId)) files.set(requestId, files.get(requestId) + dataLength)
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (!files.has(requestId)) return
    const { requests, line, raw } = counted
    counted = { requests: requests + 1, line: line + encodedDataLength, raw: raw + files.get(requestId) }
  })
  return {
    /** Since the last time it was asked. */
    take: () => {
      const taken = counted
      counted = { requests: 0, line: 0, raw: 0 }
      return taken
    },
    /** Until nothing of the console has come for a while. */
    quiet: async () => {
      let before = -1
      while (before !== counted.requests) {
        before = counted.requests
        await page.waitForTimeout(quietMs)
      }
    },
  }
}

const kilo = (bytes) => `${(bytes / 1_000).toFixed(0)} kB`
const row = (what, { requests, raw, line }, ms) =>
  say(
    `| ${what} | ${String(requests)} | ${kilo(raw)} | ${kilo(line)} | ${ms === null ? '' : `${(ms / 1_000).toFixed(2)} s`} |`,
  )

const since = async (deed) => {
  const begunAt = performance.now()
  await deed()
  return performance.now() - begunAt
}

const measure = async (url, password) => {
  const browser = await openBrowser()
  try {
    const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1_440, height: 900 } })
    const page = await context.newPage()
    const watched = await watch(page)
    say('| Until | Requests | Unpacked | Over the line | Time |')
    say('|---|---|---|---|---|')
    const door = await since(async () => {
      await page.goto(url + values.page, { waitUntil: 'commit' })
      await page.locator('input[type=password]').waitFor()
    })
    row('the sign-in page', watched.take(), door)
    await watched.quiet()
    row('… what it fetches while one types', watched.take(), null)
    await page.fill('input[autocomplete=username]', 'admin')
    await page.fill('input[type=password]', password)
    const stands = async () => page.locator('main h1').first().waitFor({ state: 'attached' })
    const first = await since(async () => {
      await page.keyboard.press('Enter')
      await stands()
    })
    row(`the page ${values.page}, just signed in`, watched.take(), first)
    await watched.quiet()
    row('… its charts, and all other pages when idle', watched.take(), null)

    return await context.cookies()
  } finally {
    await browser.close()
  }
}

/** Of somebody who is signed in: in a browser that has nothing yet, and in the same one again. */
const measureSignedIn = async (url, cookies) => {
  const browser = await openBrowser()
  try {
    const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1_440, height: 900 } })
    await context.addCookies(cookies)
    const page = await context.newPage()
    const watched = await watch(page)
    const stands = async () => page.locator('main h1').first().waitFor({ state: 'attached' })
    const cold = await since(async () => {
      await page.goto(url + values.page, { waitUntil: 'commit' })
      await stands()
    })
    row(`the page ${values.page}, signed in, never here`, watched.take(), cold)
    await watched.quiet()
    watched.take()
    const warm = await since(async () => {
      await page.reload({ waitUntil: 'commit' })
      await stands()
    })
    row(`the page ${values.page}, here before`, watched.take(), warm)
  } finally {
    await browser.close()
  }
}

const measureAll = async (url, password) => measureSignedIn(url, await measure(url, password))

if (values.url === undefined) {
  const folder = await makeDataFolder()
  const server = await startServer(folder.path, { speed: 60 })
  try {
    await measureAll(server.url, server.password)
  } finally {
    await server.stop()
    await folder.remove()
  }
} else await measureAll(values.url, values.password ?? 'demo-demo')
