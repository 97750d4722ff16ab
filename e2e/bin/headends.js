#!/usr/bin/env node
import { main } from '../dist/headends.js'

process.exitCode = await main()
