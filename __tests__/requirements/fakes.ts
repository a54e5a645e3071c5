import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Builder, Completed, Toolchain } from '../../src/builder/builder.ts'
import type { Problem } from '../../src/errors.ts'
import { targetOf } from '../../src/platform/runtimes.ts'
import type { Reporter } from '../../src/report/reporter.ts'

/** A reporter that keeps what it hears. */
export function listeningReporter(): Reporter & { readonly lines: string[]; readonly problems: Problem[] } {
  const lines: string[] = []
  const problems: Problem[] = []
  const keepLine = (line: string): void => {
    lines.push(line)
  }
  const keepProblem = (problem: Problem): void => {
    problems.push(problem)
  }
  return {
    lines,
    problems,
    phase: (_, work) => work(),
    info: keepLine,
    debug: keepLine,
    notice: keepProblem,
    warning: keepProblem,
    output: keepLine,
    progress: () => undefined,
  }
}

export interface FakeBuilder extends Builder {
  readonly commands: (readonly string[])[]
  /** The text of a file of the workspace. */
  readonly read: (path: string) => Promise<string>
  /** Texts of files that were in the workspace when a program was run: they outlast it. */
  readonly staged: Record<string, string>
}

/** A builder with a real workspace, in which every program answers the same. */
export async function fakeBuilder(
  answer: Partial<Completed> = {},
  changes: Partial<Pick<Builder, 'kind' | 'target'>> = {},
): Promise<FakeBuilder> {
  const workspace = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
  const commands: (readonly string[])[] = []
  const staged: Record<string, string> = {}
  const close = (): Promise<void> => rm(workspace, { recursive: true, force: true })
  return {
    kind: 'host',
    description: 'a fake',
    identity: 'fake',
    target: targetOf('python3.13', 'x86_64'),
    workspace,
    python: '/opt/python3.13',
    pythonVersion: '3.13.5',
    uv: () => Promise.resolve('/opt/uv'),
    uvIfThere: () => Promise.resolve('/opt/uv'),
    processors: 2,
    compilesFor: false,
    canImport: false,
    put: (localFolder, path) => cp(localFolder, join(workspace, path), { recursive: true }),
    take: (path) => Promise.resolve(join(workspace, path)),
    run: async (command) => {
      commands.push(command)
      for (const path of command.filter((word) => word.startsWith('manifest/')))
        staged[path] = await readFile(join(workspace, path), 'utf8')
      return { exitCode: 0, stdout: '', stderr: '', ...answer }
    },
    close,
    [Symbol.asyncDispose]: close,
    ...changes,
    commands,
    staged,
    read: (path) => readFile(join(workspace, path), 'utf8'),
  }
}

export interface FakeToolchain extends Toolchain {
  readonly builder: FakeBuilder
  /** How often somebody wanted the builder. */
  readonly opened: () => number
}

/** A toolchain of `builder` that counts how often it is opened. */
export function fakeToolchain(builder: FakeBuilder, pythonVersion = builder.pythonVersion): FakeToolchain {
  let opened = 0
  const { kind, description, identity, target, compilesFor, canImport } = builder
  return {
    ...{ kind, description, identity, target, compilesFor, canImport, pythonVersion, builder },
    opened: () => opened,
    open: () => {
      opened++
      return Promise.resolve(builder)
    },
    [Symbol.asyncDispose]: () => builder.close(),
  }
}
