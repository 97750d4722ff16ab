#!/usr/bin/env node
import { main } from '../dist/app/cli/main.js'

// Who reads only the beginning (`| head`) closes the pipe; there is nobody left to tell anything.
process.stdout.on('error', () => process.exit())

process.exitCode = await main(process.argv)
