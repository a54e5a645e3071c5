import { describe, expect, test } from '@jest/globals'
import { dependencyGraph, type Graph, inWords, pathsTo, type Wanted } from '../../../src/artifact/inspect/graph.ts'
import { holds, markerEnvironment } from '../../../src/requirements/markers.ts'

const ENVIRONMENT = markerEnvironment({ architecture: 'x86_64' }, '3.13.0')

function graph(distributions: Readonly<Record<string, readonly string[]>>, direct: readonly string[] = []): Graph {
  const present = Object.entries(distributions).map(([name, requirements]) => ({
    name,
    metadata: [
      `Name: ${name}`,
      ...requirements.map((text) => `Requires-Dist: ${text}`),
      '',
      'Requires-Dist: what a description says counts for nothing',
    ].join('\n'),
  }))
  const wanted = direct.map((text): Wanted => {
    const [, name = '', extra] = /^([\w-]+)(?:\[(\w+)\])?$/.exec(text) ?? []
    return { name, extras: extra === undefined ? [] : [extra], marker: undefined }
  })
  return dependencyGraph(present, wanted, (marker, extras) => holds(marker, ENVIRONMENT, { extras, groups: new Set() }))
}

const requirers = (found: Graph): Record<string, string[]> =>
  Object.fromEntries([...found.requiredBy].map(([name, by]) => [name, by.map(inWords)]))

describe('who is there because of whom', () => {
  test('the first ones are those that nobody asks for', () => {
    const found = graph({
      flask: ['werkzeug>=3', 'Jinja2'],
      werkzeug: ['MarkupSafe'],
      jinja2: ['markupsafe'],
      markupsafe: [],
    })
    expect(found.roots).toEqual(['flask'])
    expect(requirers(found)).toEqual({ werkzeug: ['flask'], jinja2: ['flask'], markupsafe: ['jinja2', 'werkzeug'] })
  })

  test('and those that the project asks for, whoever else does', () => {
    const found = graph({ flask: ['werkzeug'], werkzeug: [] }, ['flask', 'werkzeug', 'not-installed'])
    expect(found.roots).toEqual(['flask', 'werkzeug'])
    expect([...found.direct]).toEqual(['flask', 'werkzeug'])
  })

  test.each<[string, string, string[]]>([
    ['holds', "b; python_version >= '3.10'", ['a']],
    ['does not hold', "b; python_version < '3.10'", []],
    ['of another system', "b; sys_platform == 'win32'", []],
  ])('a marker that %s', (_, requirement, by) => {
    expect(requirers(graph({ a: [requirement], b: [] }, ['a', 'b']))['b'] ?? []).toEqual(by)
  })

  test('an extra that the project asks for, and one that a dependency asks for', () => {
    const found = graph(
      {
        app: ['mid[fast]'],
        mid: ["low[c]; extra == 'fast'", "slow; extra == 'slow'"],
        low: ["ext; extra == 'c'"],
        ext: [],
        slow: [],
      },
      ['app', 'slow'],
    )
    expect(requirers(found)).toEqual({ mid: ['app'], low: ['mid[fast]'], ext: ['low[c]'] })
  })

  test('an extra that must have been asked for, since nothing else explains the distribution', () => {
    const found = graph({ psycopg: ["psycopg-binary==3.2; extra == 'binary'"], 'psycopg-binary': [] })
    expect(found.roots).toEqual(['psycopg'])
    expect(requirers(found)).toEqual({ 'psycopg-binary': ['psycopg[binary]'] })
  })

  test('distributions that only ask for each other have one that stands for all', () => {
    expect(graph({ b: ['c'], c: ['b'], a: [] }).roots).toEqual(['a', 'b'])
  })

  test('one that asks for itself', () => {
    const found = graph({ a: ["a[x]; extra == 'all'", "b; extra == 'x'"], b: [] }, ['a[x]'])
    expect(found.roots).toEqual(['a'])
    expect(requirers(found)).toEqual({ b: ['a[x]'] })
  })
})

describe('the ways to a distribution', () => {
  test('shortest first', () => {
    const found = graph({ drf: ['django'], django: ['sqlparse'], sqlparse: [] }, ['django', 'drf'])
    expect(pathsTo('sqlparse', found)).toEqual([
      ['django', 'sqlparse'],
      ['drf', 'django', 'sqlparse'],
    ])
    expect(pathsTo('drf', found)).toEqual([['drf']])
  })

  test('with extras in words', () => {
    expect(pathsTo('b', graph({ a: ["b; extra == 'x'"], b: [] }, ['a[x]']))).toEqual([['a[x]', 'b']])
  })

  test('circles are not walked', () => {
    expect(pathsTo('c', graph({ a: ['b'], b: ['c', 'a'], c: ['b'] }, ['a']))).toEqual([['a', 'b', 'c']])
  })

  test('of very many, a few', () => {
    const layers = Array.from({ length: 12 }, (_, layer) => ['x', 'y', 'z'].map((name) => `${name}${layer}`))
    const distributions = Object.fromEntries(
      layers.flatMap((names, layer) => names.map((name) => [name, layers[layer + 1] ?? ['end']] as const)),
    )
    const started = performance.now()
    expect(pathsTo('end', graph({ ...distributions, end: [] })).length).toBeLessThanOrEqual(20)
    expect(performance.now() - started).toBeLessThan(5000)
  })
})
