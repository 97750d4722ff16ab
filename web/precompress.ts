import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

const brotliAsync = promisify(brotliCompress)
const gzipAsync = promisify(gzip)

const worthIt = /\.(?:js|css|html|svg|json)$/u
/** Below this a file travels in one packet anyway. */
const leastBytes = 1_024

/** Writes a `.br` and a `.gz` beside each text file, so that the server compresses nothing while it serves. */
export const precompress = (): Plugin => ({
  name: 'xianfu-precompress',
  apply: 'build',
  generateBundle: {
    order: 'post',
    async handler(_options, bundle) {
      await Promise.all(
        Object.values(bundle).map(async (file) => {
          const bytes = Buffer.from(file.type === 'chunk' ? file.code : file.source)
          if (!worthIt.test(file.fileName) || bytes.length < leastBytes) return
          const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
          this.emitFile({
            type: 'asset',
            fileName: `${file.fileName}.br`,
            source: await brotliAsync(bytes, { params }),
          })
          this.emitFile({
            type: 'asset',
            fileName: `${file.fileName}.gz`,
            source: await gzipAsync(bytes, { level: 9 }),
          })
        }),
      )
    },
  },
})
