import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { findPythons } from '../../scripts/environment/pythons.ts'
import type { Pin } from '../../src/requirements/pins.ts'
import type { ProjectFile } from '../../src/wheels/build-source.ts'
import { readLocalPackage } from '../../src/wheels/local.ts'

/** Each backend's own wheel is the measure: what we place by its settings must be what it packs. */
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-packages-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const SETUPTOOLS = '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n'
const HATCH = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
const POETRY = '[build-system]\nrequires = ["poetry-core>=2"]\nbuild-backend = "poetry.core.masonry.api"\n'
const FLIT = '[build-system]\nrequires = ["flit_core>=3.4"]\nbuild-backend = "flit_core.buildapi"\n'
const UV = '[build-system]\nrequires = ["uv_build>=0.8"]\nbuild-backend = "uv_build"\n'
const PDM = '[build-system]\nrequires = ["pdm-backend"]\nbuild-backend = "pdm.backend"\n'
const PROJECT =
  '[project]\nname = "web-shop"\nversion = "1.5"\ndescription = "x"\n[project.scripts]\nshop = "web_shop:main"\n[project.entry-points."shop.plugins"]\nbasket = "web_shop.basket"\n'

const PACKAGE = {
  '__init__.py': '"""Shop."""\n__version__ = "1.5"\n',
  'basket.py': '',
  'inner/__init__.py': '',
  'inner/deep.py': '',
}
const at = (root: string, files: Record<string, string> = PACKAGE): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${root}/${path}`, text]))
const TESTS = { 'tests/__init__.py': '', 'tests/test_shop.py': '', 'README.md': 'x' }

test.each<[string, string, Record<string, string>]>([
  ['setuptools, src layout', SETUPTOOLS + PROJECT, { ...at('src/web_shop'), ...TESTS }],
  ['setuptools, flat layout', SETUPTOOLS + PROJECT, { ...at('web_shop'), ...TESTS }],
  ['setuptools, one module', SETUPTOOLS + PROJECT, { 'web_shop.py': '', ...TESTS }],
  [
    'setuptools, packages found',
    `${SETUPTOOLS}${PROJECT}[tool.setuptools.packages.find]\nwhere = ["code"]\nexclude = ["other*"]\n`,
    { ...at('code/web_shop'), ...at('code/other_thing'), ...TESTS },
  ],
  [
    'setuptools, packages named',
    `${SETUPTOOLS}${PROJECT}[tool.setuptools]\npackages = ["web_shop", "web_shop.inner"]\npackage-dir = {"" = "code"}\n`,
    { ...at('code/web_shop'), ...TESTS },
  ],
  ['hatch, flat layout', HATCH + PROJECT, { ...at('web_shop'), ...TESTS }],
  ['hatch, src layout', HATCH + PROJECT, { ...at('src/web_shop'), ...TESTS }],
  [
    'hatch, packages',
    `${HATCH}${PROJECT}[tool.hatch.build.targets.wheel]\npackages = ["code/shop"]\nexclude = ["basket.py"]\n`,
    { ...at('code/shop'), ...TESTS },
  ],
  [
    'hatch, only-include and sources',
    `${HATCH}${PROJECT}[tool.hatch.build.targets.wheel]\nonly-include = ["code/shop", "tests"]\nsources = ["code"]\n[tool.hatch.build.targets.wheel.force-include]\n"README.md" = "shop/README.md"\n`,
    { ...at('code/shop'), ...TESTS },
  ],
  ['poetry, flat layout', POETRY + PROJECT, { ...at('web_shop'), ...TESTS }],
  ['poetry, src layout', POETRY + PROJECT, { ...at('src/web_shop'), ...TESTS }],
  [
    'poetry, packages',
    `${POETRY}${PROJECT}[tool.poetry]\npackages = [{include = "shop", from = "code"}, {include = "extra", to = "shop/added"}]\n`,
    { ...at('code/shop'), ...at('extra'), ...TESTS },
  ],
  ['flit, flat layout', FLIT + PROJECT, { ...at('web_shop'), ...TESTS }],
  [
    'flit, a module of another name',
    `${FLIT}${PROJECT}[tool.flit.module]\nname = "shop"\n`,
    { ...at('src/shop'), ...TESTS },
  ],
  ['uv, src layout', UV + PROJECT, { ...at('src/web_shop'), ...TESTS }],
  [
    'uv, module and root',
    `${UV}${PROJECT}[tool.uv.build-backend]\nmodule-name = "shop"\nmodule-root = ""\n`,
    { ...at('shop'), ...TESTS },
  ],
  ['pdm, src layout', PDM + PROJECT, { ...at('src/web_shop'), ...TESTS }],
  ['pdm, flat layout', PDM + PROJECT, { ...at('web_shop'), ...TESTS }],
])(
  '%s',
  async (_, pyproject, files) => {
    const project = join(folder, 'project')
    for (const [path, text] of Object.entries({ ...files, 'pyproject.toml': pyproject })) {
      await mkdir(dirname(join(project, path)), { recursive: true })
      await writeFile(join(project, path), text)
    }
    const ours = await readLocalPackage(pin(project), listAll)
    const theirs = await wheelOf(project)
    const placed = [...(ours?.files.map(({ path }) => path) ?? []), ...(ours?.metadata.map(({ path }) => path) ?? [])]
    expect(placed.sort()).toEqual(theirs.names)
    const entryPoints = ours?.metadata.find(({ path }) => path.endsWith('entry_points.txt'))?.text
    expect(parsed(entryPoints ?? '')).toEqual(parsed(theirs.entryPoints))
    expect(parsed(theirs.entryPoints)).toHaveLength(2)
  },
  300_000,
)

/** Backends differ in spaces, and in naming groups that have no entry. */
function parsed(entryPoints: string): string[] {
  let group = ''
  const entries: string[] = []
  for (const line of entryPoints.split('\n').filter((text) => text.trim() !== '')) {
    if (line.startsWith('[')) group = line
    else entries.push(`${group} ${line.replace(/\s*=\s*/, '=')}`)
  }
  return entries.sort()
}

function pin(path: string): Pin {
  const source = { kind: 'local', path, isEditable: true } as const
  return { name: 'web-shop', version: undefined, hashes: [], source, requiredBy: [''], location: undefined }
}

async function listAll(root: string): Promise<ProjectFile[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: file.slice(root.length + 1), file, mode: 0o644 as const }))
}

/** What the backend packs, without what is a wheel's alone. */
async function wheelOf(project: string): Promise<{ names: string[]; entryPoints: string }> {
  const [python] = await findPythons()
  if (!python) throw new Error('no Python was found')
  const run = promisify(execFile)
  const wheels = join(folder, 'wheels')
  await run(python.path, ['-m', 'pip', 'wheel', '--quiet', '--no-deps', '--wheel-dir', wheels, project])
  const [wheel = ''] = await readdir(wheels)
  const program = `import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    names = wheel.namelist()
    points = [name for name in names if name.endswith(".dist-info/entry_points.txt")]
    print(json.dumps({"names": names, "entryPoints": wheel.read(points[0]).decode()}))`
  const { stdout } = await run(python.path, ['-c', program, join(wheels, wheel)])
  const { names, entryPoints } = JSON.parse(stdout) as { names: string[]; entryPoints: string }
  const own = /\.dist-info\/(?:WHEEL|RECORD|top_level\.txt|licenses\/.*)$|\/$/
  return { names: names.filter((name) => !own.test(name)).sort(), entryPoints }
}
