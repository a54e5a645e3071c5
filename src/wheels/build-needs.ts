import { parse } from 'smol-toml'
import type { Equipment } from '../builder/builder.ts'

/** What `docker/describe_source.py` says of a source. */
export interface Source {
  /** Of its files, relative to its root, with `/`. */
  readonly names: readonly string[]
  /** The text of its `pyproject.toml`. */
  readonly pyproject: string | null
}

const COMPILED = /\.(?:c|cc|cpp|cxx|c\+\+|pyx|f|f90|s|asm|cu|swg|i)$/i
const COMPILED_BY_NAME = /(?:^|\/)(?:CMakeLists\.txt|meson\.build|configure|configure\.ac)$/
/** What compiles nothing of the distribution. */
const ASIDE = /(?:^|\/)(?:tests?|testing|docs?|examples?|samples?|benchmarks?|benches|fuzz)\//i

/** Build requirements (PEP 518) that compile. */
const COMPILING =
  /^(?:cython|cffi|pybind11|nanobind|meson|meson-python|scikit-build|scikit-build-core|cmake|ninja|numpy|mypy|py-build-cmake)\b/i
const RUST = /^(?:maturin|setuptools-rust)\b/i

/**
 * What a source needs to become a wheel. Seen before it is built: without a compiler, some distributions silently leave out
 * their extension modules.
 */
export function equipmentFor({ names, pyproject }: Source): Equipment[] {
  const requires = buildRequirements(pyproject)
  const own = names.filter((name) => !ASIDE.test(name))
  const isRust = requires.some((name) => RUST.test(name)) || own.some((name) => /(?:^|\/)Cargo\.toml$/.test(name))
  const isCompiled =
    requires.some((name) => COMPILING.test(name)) ||
    own.some((name) => COMPILED.test(name) || COMPILED_BY_NAME.test(name))
  return [...(isRust || isCompiled ? (['compilers'] as const) : []), ...(isRust ? (['rust'] as const) : [])]
}

function buildRequirements(pyproject: string | null): string[] {
  const system = tableOf(documentOf(pyproject)['build-system'])
  const requires: readonly unknown[] = Array.isArray(system['requires']) ? system['requires'] : []
  return [...requires, system['build-backend']].filter((name) => typeof name === 'string')
}

function documentOf(toml: string | null): Readonly<Record<string, unknown>> {
  try {
    return parse(toml ?? '')
  } catch {
    return {} // The build says what is wrong with it.
  }
}

function tableOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
