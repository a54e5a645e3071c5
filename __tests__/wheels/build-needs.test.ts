import { expect, test } from '@jest/globals'
import { equipmentFor } from '../../src/wheels/build-needs.ts'

const setuptools = '[build-system]\nrequires = ["setuptools>=61", "wheel"]\nbuild-backend = "setuptools.build_meta"\n'

test.each([
  ['pure Python', ['setup.py', 'shop/__init__.py', 'README.md'], null, []],
  ['pure Python with a table', ['pyproject.toml', 'shop/__init__.py'], setuptools, []],
  ['C', ['setup.py', 'src/speedups.c'], null, ['compilers']],
  ['C++', ['setup.py', 'src/core.CPP'], null, ['compilers']],
  ['Cython', ['setup.py', 'shop/fast.pyx'], null, ['compilers']],
  ['C among its tests only', ['setup.py', 'tests/data/example.c', 'docs/a.c', 'a/test/x.c'], null, []],
  ['CMake', ['CMakeLists.txt', 'pyproject.toml'], setuptools, ['compilers']],
  [
    'a build requirement that compiles',
    [],
    '[build-system]\nrequires = ["cffi>=1.0.1; x", "setuptools"]',
    ['compilers'],
  ],
  ['Meson', [], '[build-system]\nrequires = ["meson-python"]\nbuild-backend = "mesonpy"', ['compilers']],
  ['Rust by its manifest', ['Cargo.toml', 'src/lib.rs'], null, ['compilers', 'rust']],
  ['Rust by its backend', [], '[build-system]\nrequires = ["maturin>=1,<2"]', ['compilers', 'rust']],
  ['Rust of setuptools', [], '[build-system]\nrequires = ["setuptools-rust"]', ['compilers', 'rust']],
  ['a table that is broken', ['setup.py'], '[build-system\n', []],
  ['a table of other types', ['setup.py'], 'build-system = 3', []],
])('%s', (_, names, pyproject, equipment) => {
  expect(equipmentFor({ names, pyproject })).toEqual(equipment)
})
