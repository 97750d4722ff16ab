#!/usr/bin/env node
import { main } from '../dist/circle.js'

process.exitCode = await main()
