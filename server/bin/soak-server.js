#!/usr/bin/env node
import { main } from '../dist/app/soak/soak-server.js'

process.exitCode = await main(process.argv)
