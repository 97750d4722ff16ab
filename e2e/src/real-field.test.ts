import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { listMeters } from '@xianfu/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from './free-port.ts'
import { makeDataFolder, startServer, until, type RunningServer } from './running-server.ts'

const run = promisify(execFile)
const program = fileURLToPath(new URL('../../server/bin/xianfu.js', import.meta.url))
const exampleFile = fileURLToPath(new URL('../../server/fixtures/enrolment/site.json', import.meta.url))

describe('a real field is enrolled from a file while its server runs', () => {
  let folder: Awaited<ReturnType<typeof makeDataFolder>>
  let server: RunningServer
  let files: string
  const timeout = 120_000

  beforeAll(async () => {
    folder = await makeDataFolder()
    files = await mkdtemp(join(tmpdir(), 'xianfu-files-'))
    server = await startServer(folder.path, { mode: 'field' })
  }, timeout)
  afterAll(async () => {
    await server.stop()
    await folder.remove()
    await rm(files, { recursive: true, force: true })
  }, timeout)

  const enrol = async (path: string, ...words: string[]) =>
    run(process.execPath, [program, 'enrol', path, '--data', folder.path, ...words]).then(
      ({ stdout }) => ({ code: 0, out: stdout.trim(), complaint: '' }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        code: error.code,
        out: error.stdout.trim(),
        complaint: error.stderr.trim(),
      }),
    )

  test('the file is checked, written once, and the console shows its meters', { timeout }, async () => {
    const site = JSON.parse(await readFile(exampleFile, 'utf8')) as { gateways: { port?: number; host?: string }[] }
    const dialled = site.gateways[1]
    if (dialled === undefined) throw new Error('the example has two gateways')
    Object.assign(dialled, { host: '127.0.0.1', port: await freePort() })
    const path = join(files, 'site.json')
    await writeFile(path, JSON.stringify(site))

    expect(await enrol(path, '--check')).toMatchObject({ code: 0, out: `${path}: nothing is wrong with it` })
    expect(await enrol(path)).toMatchObject({ code: 0, out: 'enrolled: 2 gateways, 3 meters, 3 accounts' })
    const { meters } = await server.call(listMeters)
    expect(meters.map(({ place, account }) => [place, account?.number, account?.balance])).toEqual([
      ['1-101', '20001', '100.00'],
      ['Clinic', '20003', '0.00'],
      ['Shop 7', '20002', '0.00'],
    ])

    const again = await enrol(path)
    expect(again.code).toBe(1)
    expect(again.complaint).toContain('nothing was written, for these are there already: site Market Street')
  })

  test('its gateway is awaited at once', { timeout }, async () => {
    const { meters } = await server.call(listMeters)
    expect(meters.every(({ gateway }) => !gateway.online)).toBe(true)
    const socket = (await import('node:net')).connect(server.gatewayPort, '127.0.0.1')
    await new Promise((resolve) => socket.once('connect', resolve))
    socket.write('XF-A-0001\r\n')
    await until(
      'the gateway is online',
      async () =>
        (await server.call(listMeters)).meters.some(({ gateway }) => gateway.code === 'GW-A' && gateway.online),
      30_000,
    )
    socket.destroy()
  })

  test('a wrong file is refused with every problem and its place', { timeout }, async () => {
    const path = join(files, 'wrong.json')
    await writeFile(path, '{"site":{}}')
    const { code, complaint } = await enrol(path)
    expect(code).toBe(1)
    expect(complaint).toContain(`${path}: site.name:`)
    expect(complaint).toContain(`${path}: accounts:`)
    await writeFile(path, '{"site":')
    expect((await enrol(path)).complaint).toContain('is not JSON')
    expect((await enrol(join(files, 'nothing.json'))).complaint).toContain('there is no such file')
  })
})
