#!/usr/bin/env node
import { main } from '../dist/app/soak/soak-ledger.js'
import { soakWriter } from '../dist/app/soak/soak-writer.js'

if (process.argv[2] === 'writer') await soakWriter(JSON.parse(process.argv[3] ?? '{}'))
else process.exitCode = await main(process.argv)
