import { RequestError, type ProblemCode } from '@xianfu/contract'
import { describe, expect, it } from 'vitest'
import { isSignedOut, problemText } from './call.ts'

const refused = (status: number, code: ProblemCode, fields?: { path: string; message: string }[]): RequestError =>
  new RequestError(status, { code, message: { en: 'No.', zh: '不行。' }, ...(fields && { fields }) })

describe('a session that is over', () => {
  it.each([
    [refused(401, 'not-signed-in'), true],
    [refused(401, 'wrong-sign-in'), false],
    [refused(403, 'not-permitted'), false],
    [new RequestError(401, null), true],
    [new RequestError(0, null), false],
    [new Error('x'), false],
  ])('%s: %s', (error, over) => {
    expect(isSignedOut(error)).toBe(over)
  })
})

describe('what the server says', () => {
  const fields = [{ path: 'amount', message: '金额须大于 0 / an amount above 0' }]
  it.each([
    [refused(404, 'unknown-meter'), 'zh', '不行。'],
    [refused(404, 'unknown-meter'), 'en', 'No.'],
    [refused(400, 'bad-input', fields), 'zh', '不行。 金额须大于 0'],
    [refused(400, 'bad-input', fields), 'en', 'No. an amount above 0'],
    [new RequestError(502, null), 'en', null],
    [new Error('x'), 'zh', null],
  ] as const)('%s in %s: %s', (error, language, text) => {
    expect(problemText(error, language)).toBe(text)
  })
})
