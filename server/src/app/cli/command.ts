import type { Command } from 'commander'

/**
 * What all commands have in common: a mistake is one line that names the way out, and ends as an exception, so that one
 * place decides on the exit code.
 */
export const strictly = (command: Command): Command => {
  command.exitOverride().configureOutput({
    outputError: (text, write) => {
      const words = text
        .trim()
        .replace(/^error: /u, '')
        .replaceAll(/\s*\n\s*/gu, ' ')
      write(`xianfu: ${words}; "${pathOf(command)} --help" shows how\n`)
    },
  })
  for (const part of command.commands) strictly(part)
  return command
}

const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`

/** Examples at the end of a command's help: what to type, and what for. */
export const examples = (command: Command, lines: readonly (readonly [words: string, purpose: string])[]): Command =>
  command.addHelpText(
    'after',
    `\nExamples:\n${lines.map(([words, purpose]) => `  # ${purpose}\n  xianfu ${words}`).join('\n')}\n`,
  )
