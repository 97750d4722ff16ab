/**
 * Why a command ends early, in one line that says what to do. Exit code 2: the words on the command line do not make
 * sense together. Exit code 1: the field, the machine or a file is not as it should be.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly exitCode: 1 | 2

  constructor(exitCode: 1 | 2, message: string) {
    super(message)
    this.exitCode = exitCode
  }
}

export const calledWrongly = (message: string): Refusal => new Refusal(2, message)

export const cannotBeDone = (message: string): Refusal => new Refusal(1, message)
