import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig, settings } from './config.ts'

const problemsOf = (options: Record<string, unknown>, environment: Record<string, string> = {}): readonly string[] => {
  const result = readConfig(options, environment)
  return result.ok ? [] : result.problems
}

describe('the configuration', () => {
  test('needs nothing', () => {
    expect(readConfig({}, {})).toEqual({
      ok: true,
      config: {
        data: resolve('data'),
        host: '127.0.0.1',
        port: 8480,
        gatewayTlsPort: 8646,
        keepMeasurements: 400,
        speed: 300,
        logLevel: 'info',
      },
    })
  })

  test('proxies are addresses and networks', () => {
    const result = readConfig({ trustedProxy: '127.0.0.1, 10.0.0.0/24,::1' }, {})
    expect(result).toMatchObject({ ok: true, config: { trustedProxy: ['127.0.0.1', '10.0.0.0/24', '::1'] } })
  })

  test('an option wins over the environment; an empty variable is none', () => {
    const result = readConfig({ port: '9000' }, { XIANFU_PORT: '9001', XIANFU_HOST: '0.0.0.0', DATABASE_URL: '' })
    expect(result).toMatchObject({ ok: true, config: { port: 9_000, host: '0.0.0.0' } })
    expect(result.ok && result.config.databaseUrl).toBeUndefined()
  })

  test.each<[Record<string, unknown>, Record<string, string>, RegExp]>([
    [{ port: 'abc' }, {}, /--port.*0 to 65535/u],
    [{ port: '65536' }, {}, /--port.*0 to 65535/u],
    [{}, { XIANFU_PORT: '-1' }, /XIANFU_PORT.*0 to 65535/u],
    [{}, { DATABASE_URL: 'mysql://x' }, /DATABASE_URL.*postgresql:\/\//u],
    [{ mode: 'real' }, {}, /--mode.*demonstration or field/u],
    [{ readingInterval: '0' }, {}, /--reading-interval.*1 to 1440/u],
    [{ keepMeasurements: '30' }, {}, /--keep-measurements.*62 to 36500/u],
    [{ speed: '2000' }, {}, /--speed.*1 to 1000/u],
    [{ adminPassword: 'short' }, {}, /--admin-password.*at least 8/u],
    [{ clock: 'now' }, {}, /--clock.*VIRTUAL_MS/u],
    [{ trustedProxy: 'proxy.example' }, {}, /--trusted-proxy.*addresses or networks/u],
    [{ trustedProxy: '10.0.0.0/33' }, {}, /--trusted-proxy.*addresses or networks/u],
    [{ trustedProxy: '127.0.0.1,' }, {}, /--trusted-proxy.*addresses or networks/u],
    [{ logLevel: 'loud' }, {}, /--log-level.*debug/u],
  ])('%j %j: names what was typed and says what to do', (options, environment, words) => {
    const problems = problemsOf(options, environment)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(words)
  })

  test('every problem is told at once', () => {
    expect(problemsOf({ port: 'x', mode: 'y', speed: 'z' })).toHaveLength(3)
  })

  test('no secret is repeated', () => {
    expect(problemsOf({ adminPassword: 'geheim' }).join()).not.toContain('geheim')
    expect(problemsOf({}, { DATABASE_URL: 'http://u:geheim@h/d' }).join()).not.toContain('geheim')
  })

  test('every setting has its option, its variable and its words', () => {
    for (const { flag, environment, words } of Object.values(settings)) {
      expect(flag).toMatch(/^--[a-z-]+ </u)
      expect(environment).toMatch(/^(?:XIANFU_[A-Z_]+|DATABASE_URL)$/u)
      expect(words.length).toBeGreaterThan(20)
    }
  })
})
