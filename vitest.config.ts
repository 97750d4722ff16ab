import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Tests run on the sources of the workspaces; end-to-end tests start the built programs as a user would. */
export default defineConfig({
  resolve: {
    conditions: ['xianfu-src'],
    alias: {
      '@xianfu/protocols': source('./protocols/src/index.ts'),
      '@xianfu/simulator': source('./simulator/src/index.ts'),
      '@xianfu/contract': source('./contract/src/index.ts'),
    },
  },
  test: {
    include: ['{protocols,simulator,contract,server,web,e2e}/src/**/*.test.{ts,tsx}', 'tools/**/*.test.ts'],
    globalSetup: [source('./server/src/store/vitest-global-setup.ts')],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
})
