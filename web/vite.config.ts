import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where a running server listens, for the development server to pass `/api` on. */
const api = process.env['XIANFU_DEV_API'] ?? 'http://127.0.0.1:8480'

export default defineConfig({
  base: '/',
  plugins: [react()],
  resolve: { conditions: ['xianfu-src', 'module', 'browser', 'development|production'] },
  server: { proxy: { '/api': { target: api, changeOrigin: false } } },
  build: {
    outDir: 'dist/app',
    emptyOutDir: true,
    // The content security policy allows scripts and images from the server itself only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2_500,
  },
})
