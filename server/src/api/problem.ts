import type { Problem, ProblemCode } from '@xianfu/contract'
import { problemWords } from './problem-words.table.ts'

export type ProblemField = Readonly<{ path: string; message: string }>

/** Thrown anywhere in a handler; becomes the answer. */
export class ApiProblem extends Error {
  readonly code: ProblemCode
  readonly fields: readonly ProblemField[]
  readonly statusCode: number

  constructor(code: ProblemCode, fields: readonly ProblemField[] = []) {
    super(problemWords[code].en)
    this.name = 'ApiProblem'
    this.code = code
    this.fields = fields
    this.statusCode = problemWords[code].status
  }

  get body(): Problem {
    const { en, zh } = problemWords[this.code]
    return { code: this.code, message: { en, zh }, ...(this.fields.length > 0 && { fields: [...this.fields] }) }
  }
}
