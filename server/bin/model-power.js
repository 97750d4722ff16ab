#!/usr/bin/env node
import { main } from '../dist/app/model/model-power.js'

process.exitCode = main(process.argv)
