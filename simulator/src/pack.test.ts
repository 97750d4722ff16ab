import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import readme from '../README.md?raw'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const packages = ['protocols', 'simulator'] as const

/**
 * An empty folder with nothing but the two tarballs and what their manifests ask for: whatever is missing from `files`,
 * `exports`, `bin` or `dependencies` is missing here. The packages must have been built (`npm test` does it first).
 */
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xianfu-pack-'))
  for (const name of packages) {
    await access(join(root, name, 'dist/index.js'))
    const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder, '--workspace', `@xianfu/${name}`]
    await run('npm', words, { cwd: root, shell: process.platform === 'win32' })
    const home = join(folder, 'node_modules/@xianfu', name)
    await mkdir(home, { recursive: true })
    const manifest = JSON.parse(await readFile(join(root, name, 'package.json'), 'utf8')) as Manifest
    await run('tar', [
      '-xzf',
      join(folder, `xianfu-${name}-${manifest.version}.tgz`),
      '-C',
      home,
      '--strip-components=1',
    ])
    for (const dependency of Object.keys(manifest.dependencies ?? {}))
      if (!dependency.startsWith('@xianfu/'))
        await symlink(join(root, 'node_modules', dependency), join(folder, 'node_modules', dependency), 'dir')
  }
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
})
type Manifest = Readonly<{ version: string; dependencies?: Readonly<Record<string, string>> }>

afterAll(async () => rm(folder, { recursive: true, force: true }))

test('the example of the README runs on what is packed', async () => {
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? ''
  await writeFile(join(folder, 'example.js'), `${example}\nconsole.log(JSON.stringify([energyWh, afterwards]))\n`)
  const { stdout } = await run(process.execPath, [join(folder, 'example.js')])
  expect(JSON.parse(stdout)).toEqual([
    { ok: true, value: 2_000 },
    { commanded: 'open', actual: 'open', cause: 'remote' },
  ])
})

test('the program and its villages are packed', async () => {
  const home = join(folder, 'node_modules/@xianfu/simulator')
  const manifest = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as { bin: Record<string, string> }
  const program = join(home, manifest.bin['xianfu-simulator'] ?? 'absent')
  const { stdout } = await run(process.execPath, [program, '--village', join(home, 'villages/street.yaml'), '--check'])
  expect(stdout).toBe('street: 7 meters, no problems\n')
})
