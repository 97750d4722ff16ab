#!/usr/bin/env node
import { main } from '../dist/app/soak/soak-week.js'

process.exitCode = await main(process.argv)
