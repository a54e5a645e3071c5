import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { transformSync, version } from 'esbuild'

/** Jest transform: types are stripped by esbuild, which the bundle needs anyway; tsc checks them in `npm run check`. */
export default {
  process: (source, path) =>
    transformSync(source, {
      loader: 'ts',
      format: 'esm',
      target: 'node24',
      sourcemap: 'inline',
      sourcefile: basename(path), // with the full path, coverage reports "Unknown"
    }),
  getCacheKey: (source, path) => createHash('sha256').update(version).update(path).update(source).digest('hex'),
}
