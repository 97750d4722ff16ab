import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/**
 * The packages that others may use, as others get them: packed, installed in an empty folder, and used by the example of
 * their README. What is missing from a package, or leans on this repository, fails here and nowhere else.
 */

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

/** The nested npm works where it stands, whatever script of ours has called it. */
const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^npm_(?:package|lifecycle|config_(?:local_prefix|prefix|workspaces?|include_workspace_root)$)/iu.test(name),
    ),
  )

const npm = async (words: readonly string[], cwd: string): Promise<string> => {
  const script = process.env['npm_execpath']
  const [program, first] = script?.endsWith('.js') === true ? [process.execPath, [script]] : ['npm', []]
  const options = { cwd, env: cleanEnvironment(), shell: process.platform === 'win32' && first.length === 0 }
  return (await run(program, [...first, ...words], options)).stdout
}

let folder = ''
let installed = ''
const packed: Record<string, readonly string[]> = {}

const pack = async (name: string): Promise<string> => {
  const out = JSON.parse(await npm(['pack', '--json', '--pack-destination', folder], join(root, name))) as unknown
  const [told] = (Array.isArray(out) ? out : Object.values(out as object)) as [
    { filename: string; files: readonly { path: string }[] },
  ]
  packed[name] = told.files.map(({ path }) => path)
  return join(folder, told.filename)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xianfu-packages-'))
  installed = join(folder, 'somebody-else')
  await mkdir(installed)
  await writeFile(join(installed, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  const tarballs = [await pack('protocols'), await pack('simulator')]
  // What this repository has installed lies in the cache, so that no network is needed.
  await npm(['install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs], installed)
}, 120_000)

afterAll(async () => rm(folder, { recursive: true, force: true }))

test('nothing is linked to this repository, and nothing else came along', async () => {
  const names = await readdir(join(installed, 'node_modules', '@xianfu'))
  expect(names.toSorted()).toEqual(['protocols', 'simulator'])
  const { dependencies } = JSON.parse(await npm(['ls', '--json'], installed)) as {
    dependencies: Record<string, { resolved?: string; dependencies?: Record<string, unknown> }>
  }
  expect(Object.keys(dependencies).toSorted()).toEqual(['@xianfu/protocols', '@xianfu/simulator'])
  expect(dependencies['@xianfu/protocols']?.dependencies ?? {}).toEqual({})
})

test.each(['protocols', 'simulator'])('%s brings its README and what its exports name, and no tests', (name) => {
  const files = packed[name] ?? []
  expect(files).toEqual(expect.arrayContaining(['README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts']))
  expect(files.filter((path) => /\.test(?:-support)?\.|tsbuildinfo/u.test(path))).toEqual([])
})

/** The first block of the README in this language. */
const exampleOf = async (name: string, language: string): Promise<string> => {
  const readme = await readFile(join(installed, 'node_modules', '@xianfu', name, 'README.md'), 'utf8')
  const example = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'mu').exec(readme)?.[1]
  if (example === undefined) throw new Error(`The README of ${name} has no example in ${language}.`)
  return example
}

/** As strict a compiler as others may have, which looks into the declarations of the package too. */
const compiled = async (name: string, source: string): Promise<string> => {
  const file = join(installed, `${name}.ts`)
  await writeFile(file, source)
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const options = ['--strict', '--target', 'es2023', '--module', 'nodenext', '--lib', 'es2023,dom', '--noEmitOnError']
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules', '@types')]
  await run(process.execPath, [compiler, file, ...options, ...types], { cwd: installed }).catch(
    (error: { stdout?: string }) => {
      throw new Error(`The example of ${name} does not compile:\n${error.stdout ?? ''}`, { cause: error })
    },
  )
  return join(installed, `${name}.js`)
}

describe('@xianfu/protocols', () => {
  test('the example of its README compiles, runs, and says what its comments say', { timeout: 60_000 }, async () => {
    const example = await exampleOf('protocols', 'ts')
    const script = await compiled(
      'protocols-example',
      `${example}\nconsole.log(JSON.stringify({ question, energies, answer }))\n`,
    )
    const { stdout } = await run(process.execPath, [script], { cwd: installed })
    expect(JSON.parse(stdout)).toEqual({
      question: 'FE FE FE FE 68 61 01 00 00 00 00 68 11 04 33 33 34 33 14 16',
      energies: [260],
      answer: '68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8A 16',
    })
  })
})

describe('@xianfu/simulator', () => {
  const village = {
    name: 'a line somewhere else',
    timeZone: 'Asia/Shanghai',
    gateways: [
      {
        id: 'GW-1',
        mode: 'dialled',
        line: { baudRate: 9_600 },
        meters: [{ address: '202611010101', name: 'Workshop', startWh: [0, 1_000, 2_000, 3_000] }],
      },
    ],
  }

  /** Reads the register over TCP, with nothing but what was installed. */
  const reader = (port: number): string => `
import { connect } from 'node:net'
import { createFrameReader, decodeReply, decodeValue, encodeFrame, encodeRequest, identifiers } from '@xianfu/protocols'

const socket = connect({ host: '127.0.0.1', port: ${String(port)} })
const reader = createFrameReader()
socket.on('connect', () => {
  const identifier = identifiers.forwardActiveEnergyTotal.id
  socket.write(encodeFrame(encodeRequest({ kind: 'read', address: '202611010101', identifier })))
})
socket.on('data', (bytes) => {
  for (const frame of reader.push(bytes)) {
    const reply = decodeReply(frame)
    if (!reply.ok || reply.value.kind !== 'read') continue
    console.log(JSON.stringify(decodeValue('forwardActiveEnergyTotal', reply.value.data)))
    socket.end()
  }
})
`

  const start = async (file: string): Promise<Readonly<{ child: ChildProcess; port: number }>> => {
    const program = join(installed, 'node_modules', '@xianfu', 'simulator', 'bin', 'xianfu-simulator.js')
    const child = spawn(process.execPath, [program, '--village', file, '--with-parent'], {
      cwd: installed,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const port = await new Promise<number>((resolve, reject) => {
      createInterface(child.stdout).on('line', (line) => {
        const found = /"port":(\d+)/u.exec(line)?.[1]
        if (found !== undefined) resolve(Number(found))
      })
      child.once('exit', (code) => reject(new Error(`the simulator ended with code ${String(code)}`)))
    })
    return { child, port }
  }

  test('the example of its README compiles, runs, and says what its comments say', { timeout: 60_000 }, async () => {
    const example = await exampleOf('simulator', 'ts')
    const script = await compiled(
      'simulator-example',
      `${example}\nconsole.log(JSON.stringify({ energyWh, afterwards }))\n`,
    )
    const { stdout } = await run(process.execPath, [script], { cwd: installed })
    expect(JSON.parse(stdout)).toMatchObject({
      energyWh: { ok: true, value: 2_000 },
      afterwards: { commanded: 'open', actual: 'open', cause: 'remote' },
    })
  })

  test('its program runs a village, and its meter is read with the other package', { timeout: 60_000 }, async () => {
    const file = join(folder, 'village.json')
    await writeFile(file, JSON.stringify(village))
    const { child, port } = await start(file)
    try {
      const script = join(installed, 'read.js')
      await writeFile(script, reader(port))
      const { stdout } = await run(process.execPath, [script], { cwd: installed, timeout: 20_000 })
      expect(JSON.parse(stdout)).toEqual({ ok: true, value: 6_000 })
    } finally {
      const ended = new Promise((resolve) => child.once('close', resolve))
      child.stdin?.end()
      await ended
    }
  })
})
