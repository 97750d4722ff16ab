import { expect, test } from 'vitest'
import { PriorityQueue } from './priority-queue.ts'

const drain = (queue: PriorityQueue<string>): string[] => {
  const taken: string[] = []
  for (let item = queue.take(); item !== undefined; item = queue.take()) taken.push(item)
  return taken
}

test('the most urgent comes first, and first come is first served among equals', () => {
  const queue = new PriorityQueue<string>(10)
  queue.add('clock', 1, 'clock')
  queue.add('scheduled', 2, 'read 1')
  queue.add('scheduled', 3, 'read 2')
  queue.add('back-fill', 4, 'back-fill')
  queue.add('person', 5, 'person')
  queue.add('verification', 6, 'verification')
  queue.add('relay', 7, 'relay')
  expect(drain(queue)).toEqual(['relay', 'person', 'verification', 'read 1', 'read 2', 'back-fill', 'clock'])
})

test('a read that comes back for its next identifier keeps its place', () => {
  const queue = new PriorityQueue<string>(10)
  queue.add('scheduled', 2, 'second')
  queue.add('scheduled', 3, 'third')
  queue.add('scheduled', 1, 'first again')
  expect(drain(queue)).toEqual(['first again', 'second', 'third'])
})

test('each priority is full by itself', () => {
  const queue = new PriorityQueue<string>(1)
  queue.add('scheduled', 1, 'read')
  expect([queue.isFull('scheduled'), queue.isFull('relay'), queue.length]).toEqual([true, false, 1])
})

test('what is removed is not taken', () => {
  const queue = new PriorityQueue<string>(10)
  queue.add('scheduled', 1, 'read 1')
  queue.add('scheduled', 2, 'read 2')
  expect([queue.remove('read 1'), queue.remove('read 1'), drain(queue)]).toEqual([true, false, ['read 2']])
})
