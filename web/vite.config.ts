import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { fakeApiPlugin } from './dev-api.ts'

/** Where a running server listens for the development server to pass `/api` on; without it a small fake answers. */
const api = process.env['XIANFU_DEV_API']

export default defineConfig(({ command }) => ({
  base: '/',
  plugins: [react(), ...(command === 'serve' && api === undefined ? [fakeApiPlugin()] : [])],
  resolve: { conditions: ['xianfu-src', 'module', 'browser', 'development|production'] },
  server: api === undefined ? {} : { proxy: { '/api': { target: api, changeOrigin: true } } },
  build: {
    outDir: 'dist/app',
    emptyOutDir: true,
    // The content security policy allows scripts and images from the server itself only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_300,
  },
}))
