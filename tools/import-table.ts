/**
 * Which way imports may point: the table of ARCHITECTURE.md as data. A layer is a folder; the longest folder that a
 * file lies in is its layer. `packages` are what comes from outside (Node's own modules included); a name ending in `*`
 * stands for all that begin so.
 */
export type Layer = Readonly<{ folder: string; layers: readonly string[]; packages: readonly string[] }>

const zod = 'zod'

export const layers: readonly Layer[] = Object.freeze([
  { folder: 'protocols/src', layers: [], packages: [] },

  {
    folder: 'simulator/src',
    layers: [],
    packages: ['@xianfu/protocols', zod, 'yaml', 'node:perf_hooks', 'node:fs/promises', 'node:url'],
  },
  { folder: 'simulator/src/cli', layers: ['simulator/src'], packages: ['commander', 'node:fs/promises'] },
  { folder: 'simulator/src/gateway', layers: ['simulator/src'], packages: ['@xianfu/protocols', zod, 'node:net'] },
  { folder: 'simulator/src/control', layers: ['simulator/src'], packages: ['@xianfu/protocols', zod, 'node:http'] },

  { folder: 'contract/src', layers: [], packages: [zod] },

  { folder: 'server/src/domain', layers: [], packages: [] },
  { folder: 'server/src/store', layers: ['server/src/domain'], packages: ['pg', 'node:*'] },
  { folder: 'server/src/headend', layers: ['server/src/domain'], packages: ['@xianfu/protocols', 'node:util'] },
  {
    folder: 'server/src/headend/transport',
    layers: ['server/src/domain', 'server/src/headend'],
    packages: ['@xianfu/protocols', 'serialport', 'node:net', 'node:tls', 'node:fs/promises'],
  },
  {
    folder: 'server/src/headend/security',
    layers: ['server/src/domain', 'server/src/headend'],
    packages: ['@xianfu/protocols', 'node:crypto'],
  },
  { folder: 'server/src/provider', layers: ['server/src/domain'], packages: ['node:*'] },
  {
    folder: 'server/src/provider/document',
    layers: ['server/src/domain'],
    packages: ['node:fs/promises', 'node:url', 'pdfkit'],
  },
  {
    folder: 'server/src/flow',
    layers: ['server/src/domain', 'server/src/store', 'server/src/headend', 'server/src/provider'],
    packages: ['node:crypto', '@node-rs/argon2'],
  },
  {
    folder: 'server/src/api',
    layers: ['server/src/domain', 'server/src/flow', 'server/src/store'],
    // Of the protocol it knows how bytes are written down, nothing else.
    packages: ['@xianfu/contract', '@xianfu/protocols', 'fastify', '@fastify/*', 'node:http', zod],
  },
  { folder: 'server/src/app', layers: ['server/src'], packages: ['*'] },

  {
    folder: 'web/src',
    layers: [],
    packages: ['@xianfu/contract', 'react*', 'antd*', 'echarts/*', '@tanstack/*', 'i18next', 'dayjs*'],
  },
  { folder: 'e2e/src', layers: [], packages: ['*'] },
])

/** Layers that look into one folder of another layer only. */
export const narrowed: readonly Readonly<{ from: string; into: string; only: readonly string[]; because: string }>[] =
  Object.freeze([
    {
      from: 'server/src/api',
      into: 'server/src/store',
      only: ['server/src/store/view', 'server/src/store/database.ts', 'server/src/store/store-error.ts'],
      because: 'the API reads views and writes by nothing but the walks',
    },
  ])
