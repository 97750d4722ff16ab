import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { usualMeasurementDays } from '../flow/roll-up-measurements.ts'

/**
 * All that `start` can be told, in one place: each key has its option, its environment variable, its default and its
 * words. Nobody else reads the environment.
 */
type Setting = Readonly<{
  flag: string
  environment: string
  words: string
}>

const portNumber = z.coerce
  .number('must be a whole number from 0 to 65535 (0: any free port)')
  .int('must be a whole number from 0 to 65535 (0: any free port)')
  .min(0, 'must be a whole number from 0 to 65535 (0: any free port)')
  .max(65_535, 'must be a whole number from 0 to 65535 (0: any free port)')

const clockAnchor = z
  .string()
  .regex(/^\d+,\d+,\d+(\.\d+)?$/u, 'must be VIRTUAL_MS,REAL_MS,RATE')
  .transform((text) => {
    const [virtualMs = 0, realMs = 0, rate = 1] = text.split(',').map(Number)
    return { virtualMs, realMs, rate }
  })

/** A month can always be looked at moment by moment, and is proven against its days before it goes. */
const leastMeasurementDays = 62
const mostMeasurementDays = 36_500
const measurementDaysWords = `must be days from ${String(leastMeasurementDays)} to ${String(mostMeasurementDays)}`

/** An address, or a network as address/bits. */
const isAddress = (text: string): boolean => {
  const [address = '', bits, more] = text.split('/')
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  return most > 0 && more === undefined && (bits === undefined || (/^\d{1,3}$/u.test(bits) && Number(bits) <= most))
}

export const configSchema = z.object({
  data: z
    .string()
    .min(1)
    .default('data')
    .transform((path) => resolve(path)),
  databaseUrl: z
    .string()
    .regex(/^postgres(ql)?:\/\//u, 'must look like postgresql://user:password@host:5432/database')
    .optional(),
  mode: z.enum(['demonstration', 'field'], 'must be demonstration or field').optional(),
  host: z.string().min(1).default('127.0.0.1'),
  port: portNumber.default(8480),
  trustedProxy: z
    .string()
    .transform((text) => text.split(',').map((one) => one.trim()))
    .refine((addresses) => addresses.every(isAddress), 'must be addresses or networks, e.g. 127.0.0.1,10.0.0.0/24')
    .optional(),
  gatewayHost: z.string().min(1).optional(),
  gatewayPort: portNumber.optional(),
  gatewayTlsPort: portNumber.default(8646),
  gatewayTlsCertificate: z.string().min(1).optional(),
  gatewayTlsKey: z.string().min(1).optional(),
  gatewayTlsClients: z.string().min(1).optional(),
  securityModule: z.string().min(1).optional(),
  securityKeyFile: z.string().min(1).optional(),
  allowTestSecurity: z.enum(['yes'], 'must be yes, or left out').optional(),
  readingInterval: z.coerce
    .number('must be minutes from 1 to 1440')
    .int('must be minutes from 1 to 1440')
    .min(1, 'must be minutes from 1 to 1440')
    .max(1440, 'must be minutes from 1 to 1440')
    .optional(),
  keepMeasurements: z.coerce
    .number(measurementDaysWords)
    .int(measurementDaysWords)
    .min(leastMeasurementDays, measurementDaysWords)
    .max(mostMeasurementDays, measurementDaysWords)
    .default(usualMeasurementDays),
  speed: z.coerce
    .number('must be a number from 1 to 1000')
    .min(1, 'must be a number from 1 to 1000')
    .max(1000, 'must be a number from 1 to 1000')
    .default(300),
  clock: clockAnchor.optional(),
  adminPassword: z.string().min(8, 'must have at least 8 characters').max(256).optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error'], 'must be debug, info, warn or error').default('info'),
})
export type Config = Readonly<z.output<typeof configSchema>>

export const settings: Readonly<Record<keyof Config, Setting>> = {
  data: {
    flag: '--data <folder>',
    environment: 'XIANFU_DATA',
    words: 'data folder: embedded database, sign-in, log (default: ./data)',
  },
  databaseUrl: {
    flag: '--database-url <url>',
    environment: 'DATABASE_URL',
    words: 'use this PostgreSQL (15 or later) instead of the embedded one',
  },
  mode: {
    flag: '--mode <mode>',
    environment: 'XIANFU_MODE',
    words:
      'demonstration (a virtual village, fast clock) or field (real gateways); decided at the first start, default demonstration',
  },
  host: {
    flag: '--host <address>',
    environment: 'XIANFU_HOST',
    words: 'address of the console (default: 127.0.0.1, this machine only)',
  },
  port: {
    flag: '--port <port>',
    environment: 'XIANFU_PORT',
    words: 'port of the console, 0 for any free one (default: 8480)',
  },
  trustedProxy: {
    flag: '--trusted-proxy <addresses>',
    environment: 'XIANFU_TRUSTED_PROXY',
    words:
      'reverse proxies with TLS in front of the console, whose X-Forwarded headers are believed: see docs/security.md (default: none)',
  },
  gatewayHost: {
    flag: '--gateway-host <address>',
    environment: 'XIANFU_GATEWAY_HOST',
    words: 'address on which gateways dial in (default: 127.0.0.1 in a demonstration, 0.0.0.0 in the field)',
  },
  gatewayPort: {
    flag: '--gateway-port <port>',
    environment: 'XIANFU_GATEWAY_PORT',
    words: 'port on which gateways dial in (default: any free one in a demonstration, 8645 in the field)',
  },
  gatewayTlsPort: {
    flag: '--gateway-tls-port <port>',
    environment: 'XIANFU_GATEWAY_TLS_PORT',
    words: 'port on which gateways dial in with TLS, where a certificate is given (default: 8646)',
  },
  gatewayTlsCertificate: {
    flag: '--gateway-tls-certificate <file>',
    environment: 'XIANFU_GATEWAY_TLS_CERTIFICATE',
    words: 'certificate for gateways that dial in with TLS, PEM (default: no TLS)',
  },
  gatewayTlsKey: {
    flag: '--gateway-tls-key <file>',
    environment: 'XIANFU_GATEWAY_TLS_KEY',
    words: 'private key of that certificate, PEM',
  },
  gatewayTlsClients: {
    flag: '--gateway-tls-clients <file>',
    environment: 'XIANFU_GATEWAY_TLS_CLIENTS',
    words: 'with TLS: let in only gateways whose certificate is signed by one of these, PEM (default: any)',
  },
  securityModule: {
    flag: '--security-module <module>',
    environment: 'XIANFU_SECURITY_MODULE',
    words:
      'makes identities and purchases for meters with a purse of their own: a file (see docs/local-fee-control.md), or test for virtual meters (default: none)',
  },
  securityKeyFile: {
    flag: '--security-key-file <file>',
    environment: 'XIANFU_SECURITY_KEY_FILE',
    words: 'key of the security module, where it wants one (default: none)',
  },
  allowTestSecurity: {
    flag: '--allow-test-security <answer>',
    environment: 'XIANFU_ALLOW_TEST_SECURITY',
    words:
      'yes lets a real field start with --security-module test, whose MACs protect nothing (default: it does not start)',
  },
  readingInterval: {
    flag: '--reading-interval <minutes>',
    environment: 'XIANFU_READING_INTERVAL',
    words: 'read every meter so often; kept for later starts (default: 30)',
  },
  keepMeasurements: {
    flag: '--keep-measurements <days>',
    environment: 'XIANFU_KEEP_MEASUREMENTS',
    words: `keep voltages, currents, powers and the like one by one for so many days; least, mean and greatest of each day stay (default: ${String(usualMeasurementDays)})`,
  },
  speed: {
    flag: '--speed <times>',
    environment: 'XIANFU_SPEED',
    words: 'how many times faster than real the clock of a demonstration runs (default: 300)',
  },
  clock: {
    flag: '--clock <virtual,real,rate>',
    environment: 'XIANFU_CLOCK',
    words: 'run on a clock anchored so (epoch milliseconds); for rehearsals and tests',
  },
  adminPassword: {
    flag: '--admin-password <password>',
    environment: 'XIANFU_ADMIN_PASSWORD',
    words: 'password of the first operator, used at the first start only (default: a random one, printed)',
  },
  logLevel: {
    flag: '--log-level <level>',
    environment: 'XIANFU_LOG_LEVEL',
    words: 'debug, info, warn or error (default: info)',
  },
}

export type ConfigResult = Readonly<{ ok: true; config: Config } | { ok: false; problems: readonly string[] }>

/** Options win over the environment; every problem is told at once, by the names that the user has typed. */
export const readConfig = (
  options: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
): ConfigResult => {
  const raw: Record<string, unknown> = {}
  const spelled = new Map<string, string>()
  for (const [key, { flag, environment: variable }] of Object.entries(settings)) {
    const fromEnvironment = environment[variable]
    if (options[key] !== undefined) raw[key] = options[key]
    else if (fromEnvironment !== undefined && fromEnvironment !== '') raw[key] = fromEnvironment
    spelled.set(key, options[key] === undefined ? variable : (flag.split(' ')[0] ?? flag))
  }
  const parsed = configSchema.safeParse(raw)
  if (parsed.success) return { ok: true, config: parsed.data }
  return {
    ok: false,
    problems: parsed.error.issues.map(
      ({ path, message }) => `${spelled.get(String(path[0])) ?? String(path[0])} ${message}`,
    ),
  }
}
