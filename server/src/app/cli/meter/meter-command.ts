import { Command } from 'commander'
import type { Desk } from '../desk.ts'
import { controlCommand } from './control-command.ts'
import { readCommand } from './read-command.ts'
import { scanCommand } from './scan-command.ts'
import { sniffCommand } from '../sniff/sniff-command.ts'
import { timeCommand } from './time-command.ts'
import { writeCommand } from './write-command.ts'

/** `xianfu meter …`, for people who stand in front of one. */
export const meterCommand = (openDesk: () => Desk): Command =>
  new Command('meter')
    .description('Talk to the meters of one line directly, without a server.')
    .addCommand(readCommand(openDesk))
    .addCommand(writeCommand(openDesk))
    .addCommand(controlCommand(openDesk))
    .addCommand(timeCommand(openDesk))
    .addCommand(scanCommand(openDesk))
    .addCommand(sniffCommand(openDesk))
