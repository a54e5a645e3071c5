import { describe, expect, test } from '@jest/globals'
import { headersOf, isImmutableName } from '../../src/static/headers.ts'
import type { StaticFile } from '../../src/static/static-files.ts'

const file = (path: string, isImmutable = false): StaticFile => ({ path, bytes: 1, sha256: '', isImmutable })
const paths = new Set(['site.css', 'site.css.gz', 'site.css.br', 'data.csv.gz', 'logo.svg'])

describe('what S3 answers with', () => {
  test.each([
    ['site.css', 'text/css; charset=utf-8', undefined],
    ['site.js', 'text/javascript; charset=utf-8', undefined],
    ['site.mjs', 'text/javascript; charset=utf-8', undefined],
    ['logo.svg', 'image/svg+xml; charset=utf-8', undefined],
    ['site.js.map', 'application/json; charset=utf-8', undefined],
    ['app.webmanifest', 'application/manifest+json; charset=utf-8', undefined],
    ['photo.png', 'image/png', undefined],
    ['font.woff2', 'font/woff2', undefined],
    ['module.wasm', 'application/wasm', undefined],
    ['LICENSE', 'application/octet-stream', undefined],
    ['site.css.gz', 'text/css; charset=utf-8', 'gzip'],
    ['site.css.br', 'text/css; charset=utf-8', 'br'],
    ['data.csv.gz', 'application/gzip', undefined],
  ])('%s: %s', (path, contentType, contentEncoding) => {
    expect(headersOf(file(path), paths)).toMatchObject({ contentType, contentEncoding })
  })

  test('a name that says its content is kept for a year, another for five minutes', () => {
    expect(headersOf(file('a.css', true), paths).cacheControl).toBe('public, max-age=31536000, immutable')
    expect(headersOf(file('a.css'), paths).cacheControl).toBe('public, max-age=300')
  })
})

describe('a name says its content', () => {
  test.each([
    ['where the manifest has it', 'css/site.f239dc838c0d.css', ['css/site.f239dc838c0d.css'], true],
    ['compressed too', 'css/site.f239dc838c0d.css.br', ['css/site.f239dc838c0d.css'], true],
    ['whatever it looks like', 'odd.css', ['odd.css'], true],
    ['and not where the manifest lacks it', 'css/site.f239dc838c0d.css', ['other.css'], false],
    ['without a manifest, where it has a hash', 'main.4f2a9c0b1d3e5f67.js', undefined, true],
    ['or after a dash', 'main-4f2a9c0b1d3e5f67.js', undefined, true],
    ['but not by a date', 'report.202511230945.pdf', undefined, false],
    ['nor by a word', 'cafe.defacedfacade.css', undefined, false],
    ['nor by a short one', 'site.4f2a9c0b.css', undefined, false],
    ['nor by its folder', '4f2a9c0b1d3e5f67.d/site.css', undefined, false],
  ])('%s: %s', (_, path, hashed, isImmutable) => {
    expect(isImmutableName(path, hashed && new Set(hashed))).toBe(isImmutable)
  })
})
