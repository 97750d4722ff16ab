#!/usr/bin/env node
// Who reads only the beginning (`| head`) closes the pipe; there is nobody left to tell anything.
process.stdout.on('error', () => process.exit())

// What is typed all day in the field starts without the server behind it.
const needsNoServer = ['meter', 'frame'].includes(process.argv[2] ?? '')

process.exitCode = needsNoServer
  ? await (await import('../dist/app/cli/field-main.js')).fieldMain(process.argv)
  : await (await import('../dist/app/cli/main.js')).main(process.argv)
