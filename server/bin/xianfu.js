#!/usr/bin/env node
import { main } from '../dist/app/cli/main.js'

process.exitCode = await main(process.argv)
