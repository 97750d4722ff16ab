import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { main } from './main.ts'

/** What the command line itself refuses or explains, before anything is opened. */

let out = ''
let complaint = ''

beforeEach(() => {
  out = ''
  complaint = ''
  process.exitCode = 0
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    complaint += String(text)
    return true
  })
})

afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = 0
})

const run = async (words: string): Promise<number> => main(['node', 'xianfu', ...words.split(' ')])

describe('called wrongly: exit code 2 and one line that says what to do', () => {
  test.each([
    ['meter read energy', /exactly one of --tcp HOST:PORT, --serial PATH, --listen PORT/u],
    ['meter read --tcp 127.0.0.1:1 --serial /dev/x', /exactly one of --tcp/u],
    ['meter read --tcp nowhere', /Write it as HOST:PORT.*"xianfu meter read --help" shows how/u],
    ['meter read --tcp 127.0.0.1:1 --address 12x', /An address has up to 12 digits/u],
    ['meter read --tcp 127.0.0.1:1 --address 999999999999', /broadcast address/u],
    ['meter read --tcp 127.0.0.1:1 --times 3', /--every SECONDS/u],
    ['meter read --tcp 127.0.0.1:1 colour', /"colour" cannot be read/u],
    ['meter read --tpc 127.0.0.1:1', /unknown option '--tpc'.*Did you mean --tcp/u],
    ['meter control explode --tcp 127.0.0.1:1', /'explode' is invalid.*Allowed choices are trip, permit-close/u],
    ['meter control trip --tcp 127.0.0.1:1', /--password-env NAME/u],
    ['meter control trip --tcp 127.0.0.1:1 --password 12345', /A password has 6 digits/u],
    ['meter control trip --tcp 127.0.0.1:1 --level 98', /security module/u],
    ['meter control trip --tcp 127.0.0.1:1 --password-env NOBODY_SET_THIS', /NOBODY_SET_THIS is not set/u],
    ['meter control trip --tcp 127.0.0.1:1 --password 123456 --valid-for 90000', /a day \(86400 seconds\)/u],
    ['meter time --tcp 127.0.0.1:1 --by broadcast', /say --set too/u],
    ['meter time --tcp 127.0.0.1:1 --time-zone Mars/Olympus', /no such time zone/u],
    ['meter scan --tcp 127.0.0.1:1 --suffix 123', /A suffix has 2, 4, 6, 8 or 10 digits/u],
    ['meter scan --tcp 127.0.0.1:1 --baud 2400,9600', /--serial alone/u],
    ['meter sniff', /exactly one of --tcp/u],
    ['meter sniff --file x --tcp 127.0.0.1:1', /Say either --file or/u],
    ['meter sniff --file x --save y', /--save and --for/u],
    ['meter raed', /unknown command 'raed'.*Did you mean read/u],
  ])('%s', async (words, complains) => {
    expect(await run(words)).toBe(2)
    expect(complaint).toMatch(complains)
    expect(complaint.trim().split('\n')).toHaveLength(1)
    expect(out).toBe('')
  })
})

describe('help', () => {
  test.each([
    ['meter read'],
    ['meter write'],
    ['meter control'],
    ['meter time'],
    ['meter scan'],
    ['meter sniff'],
    ['frame'],
  ])('of "%s" shows examples', async (command) => {
    expect(await run(`${command} --help`)).toBe(0)
    expect(out).toContain(`Usage: xianfu ${command}`)
    expect(out).toMatch(new RegExp(`Examples:\\n  # .+\\n  xianfu ${command} `, 'u'))
  })
})
