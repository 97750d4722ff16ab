import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTown, type Town } from '../../flow/testing/town.ts'
import { runCommand } from './testing/run-command.ts'

let town: Town
beforeAll(async () => {
  town = await createTown([{ place: 'A', opening: 20 }])
})
afterAll(async () => town.close())

const run = async (...words: string[]) => runCommand('site', ...words, '--database-url', town.url)
const set = async (...words: string[]) => run('set', 'test town', ...words, '--reason', 'contract 7')

test('sites are listed and shown, and what is shown can be said back', async () => {
  expect((await run('list')).out).toBe('test town  Asia/Shanghai  1 meters, 1 accounts, 0/1 gateways online\n')
  const done = await set(
    'trips-per-hour=30',
    'friendly-hours=22:00-06:00@0,6;12:00-24:00@3',
    'compensation=60s,2.00,1.00,20.00',
    'service-phone=95598',
  )
  expect(done).toEqual({
    code: 0,
    err: expect.any(String),
    out: 'changed: service-phone, friendly-hours, compensation, trips-per-hour\n',
  })
  const { out } = await run('show', 'test town')
  for (const line of [
    /trips-per-hour +30$/mu,
    /friendly-hours +22:00-06:00@0,6;12:00-24:00@3$/mu,
    /compensation +60s,2\.00,1\.00,20\.00$/mu,
    /reading-interval-minutes +none$/mu,
    /command line {2}settings .*service-phone "10000" → "95598".* contract 7$/mu,
  ])
    expect(out).toMatch(line)
  const said = [...out.matchAll(/^ {2}([a-z-]+) +(\S+)$/gmu)].map(([, key, value]) => `${key ?? ''}=${value ?? ''}`)
  expect(said.length).toBeGreaterThan(12)
  expect(await set(...said)).toMatchObject({ code: 1, err: expect.stringMatching(/it is so already/u) })
})

test('a limit is taken away with none', async () => {
  expect((await set('trips-per-hour=none', 'friendly-hours=none', 'compensation=installation')).code).toBe(0)
  expect((await run('show', 'test town')).out).toMatch(/trips-per-hour +none$/mu)
})

test.each([
  [['trips-per-minute=0'], /trips-per-minute is from 1 to 10000/u],
  [['signature='], /signature has 1 to 40 characters/u],
  [['trips-per-minute=many'], /is a whole number, not many/u],
  [['time-zone=UTC'], /sets nothing; write NAME=VALUE with one of reading-interval-minutes/u],
  [['compensation=2 yuan'], /is no compensation; write none/u],
  [['friendly-hours=night'], /are no hours; write 22:00-06:00@0,6/u],
])('%j is refused in words', async (words, why) => {
  expect(await set(...words)).toMatchObject({ code: 1, err: expect.stringMatching(why) })
})

test('an unknown site is refused', async () => {
  expect(await run('show', 'nowhere')).toMatchObject({ code: 1, err: expect.stringMatching(/no site nowhere/u) })
})

test('limits over all sites are set and shown', async () => {
  expect((await run('set-installation', 'trips-per-day=500', '--reason', 'audit')).out).toBe('changed: trips-per-day\n')
  expect((await run('show-installation')).out).toMatch(/version 1[\s\S]*trips-per-day +500$[\s\S]* audit$/mu)
})
