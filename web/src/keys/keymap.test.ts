import { describe, expect, it } from 'vitest'
import { actionOf, capOf, keymap, listPlaces, type KeyPress, type Place } from './keymap.ts'

const press = (key: string, changes: Partial<KeyPress> = {}): KeyPress => ({
  key,
  modified: false,
  typing: false,
  onControl: false,
  onChoice: false,
  dialogOpen: false,
  ...changes,
})

describe('keys', () => {
  it.each([
    ['/', 'console', 'search'],
    ['ArrowDown', 'console', 'next'],
    ['j', 'console', 'next'],
    ['k', 'console', 'previous'],
    ['Enter', 'console', 'open'],
    ['t', 'console', 'top-up'],
    ['T', 'console', 'top-up'],
    ['t', 'meter', 'top-up'],
    ['t', 'messages', null],
    ['3', 'console', 'show'],
    ['3', 'meter', null],
    ['Escape', 'console', 'clear'],
    ['Escape', 'meter', 'back'],
    ['r', 'meter', 'read-now'],
    ['r', 'console', null],
    ['v', 'meter', 'next-quantity'],
    ['[', 'meter', 'earlier'],
    ['y', 'console', null],
    ['?', 'meter', 'help'],
    ['m', 'console', 'go-messages'],
    ['w', 'meter', 'go-work'],
    ['h', 'work', 'go-completeness'],
    ['b', 'meter', 'go-lines'],
    ['p', 'lines', 'pause-line'],
    ['p', 'console', null],
    ['t', 'work', 'take'],
    ['x', 'work', 'close-item'],
    ['x', 'console', null],
    ['q', 'console', null],
    ['f', 'console', 'go-counter'],
    ['t', 'counter', 'top-up'],
    ['v', 'counter', 'reverse'],
    ['o', 'counter', 'shift'],
    ['o', 'console', null],
  ] as const)('%s at %s → %s', (key, place, action) => {
    expect(actionOf(press(key), place)).toBe(action)
  })

  it('writes letters into a text field, and moves and opens from it', () => {
    for (const key of ['t', '/', 'j', '?', 'm', '1', 'Home'])
      expect(actionOf(press(key, { typing: true }), 'console'), key).toBeNull()
    expect(actionOf(press('ArrowDown', { typing: true }), 'console')).toBe('next')
    expect(actionOf(press('Enter', { typing: true }), 'console')).toBe('open')
    expect(actionOf(press('Escape', { typing: true }), 'console')).toBe('clear')
  })

  it('leaves the browser its own keys, a dialog its keys, and a button its Enter', () => {
    for (const { keys } of keymap)
      for (const key of keys) {
        expect(actionOf(press(key, { modified: true }), 'console')).toBeNull()
        expect(actionOf(press(key, { dialogOpen: true }), 'console')).toBeNull()
      }
    expect(actionOf(press('Enter', { onControl: true }), 'console')).toBeNull()
    expect(actionOf(press('t', { onControl: true }), 'console')).toBe('top-up')
    for (const key of ['Enter', 'ArrowDown', 'Home'])
      expect(actionOf(press(key, { onChoice: true, typing: true }), 'console')).toBeNull()
    expect(actionOf(press('Escape', { onChoice: true }), 'console')).toBe('clear')
  })

  it('has one meaning for each key at each place', () => {
    for (const place of ['meter', ...listPlaces] as const satisfies readonly Place[]) {
      const keys = keymap
        .filter(({ places }) => places.includes(place) || places.includes('everywhere'))
        .flatMap((one) => one.keys)
      expect(new Set(keys).size, place).toBe(keys.length)
    }
  })

  it.each(listPlaces)('walks the list of %s as any other', (place) => {
    const walk = ['/', 'ArrowDown', 'ArrowUp', 'Home', 'End', 'Enter', 'Escape'].map((key) =>
      actionOf(press(key), place),
    )
    expect(walk).toEqual(['search', 'next', 'previous', 'first', 'last', 'open', 'clear'])
  })

  it('shows keys as their caps', () => {
    expect(['ArrowDown', 'Escape', 't', '/', 'Enter'].map((key) => capOf(key))).toEqual(['↓', 'Esc', 'T', '/', 'Enter'])
  })
})
