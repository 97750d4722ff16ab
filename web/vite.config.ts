import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { precompress } from './precompress.ts'

/** Where a running server listens, for the development server to pass `/api` on. */
const api = process.env['XIANFU_DEV_API'] ?? 'http://127.0.0.1:8480'

export default defineConfig({
  base: '/',
  plugins: [react(), precompress()],
  resolve: { conditions: ['xianfu-src', 'module', 'browser', 'development|production'] },
  server: { proxy: { '/api': { target: api, changeOrigin: false } } },
  build: {
    outDir: 'dist/app',
    emptyOutDir: true,
    // The content security policy allows scripts and images from the server itself only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // `base` is what React, the router and the frame around all pages weigh.
    chunkSizeWarningLimit: 950,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What is needed before any page; what is of others outlives our own releases in the browser's cache.
            { name: 'base', test: /node_modules/u, tags: ['$initial'], priority: 3 },
            { name: 'start', tags: ['$initial'], priority: 2 },
            { name: 'charts', test: /node_modules[\\/](?:echarts|zrender)/u, priority: 2 },
            // The sign-in page needs these and little else.
            { name: 'form', test: /antd[\\/]es[\\/]form[\\/]/u, priority: 2 },
            // The pager has Chinese built in; without this the language would wait for all controls.
            { name: 'pager-words', test: /pagination[\\/]es[\\/]locale[\\/]/u, priority: 2 },
            // What several pages share comes in two pieces, of others and our own, not in dozens.
            { name: 'controls', test: /node_modules/u, minShareCount: 2, priority: 1 },
            { name: 'shared', test: /web[\\/]src/u, minShareCount: 2 },
          ],
        },
      },
    },
  },
})
