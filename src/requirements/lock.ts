import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, posix, sep } from 'node:path'
import type { Builder } from '../builder/builder.ts'
import { UserError } from '../errors.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Manifest } from '../settings/manifest.ts'
import { readPyproject } from '../settings/pyproject.ts'
import { resolutionFailure } from './failure.ts'
import {
  isEmpty,
  isHashed,
  localRequirements,
  type RequirementsFile,
  readRequirementsFiles,
  requirementsFile,
} from './files.ts'

/** A project's requirements, pinned for one target, in the words of a requirements file. */
export interface Requirements {
  readonly text: string
  /** The same as a file, relative to the builder's workspace. */
  readonly path: string
  readonly isEmpty: boolean
  /** The manifest's files, so that a failure can name a line. */
  readonly files: readonly RequirementsFile[]
}

interface Collaborators {
  readonly builder: Builder
  readonly report: Reporter
}

/** Pins what a manifest asks for. @throws UserError when it cannot be resolved for the builder's target. */
export async function lockRequirements(
  project: string,
  manifest: Manifest,
  { builder, report }: Collaborators,
): Promise<Requirements> {
  return manifest.kind === 'uv.lock'
    ? await exportUvLock(project, manifest, { builder, report })
    : await pinRequirementsFile(project, manifest, { builder, report })
}

/** Only these options of the target and of the builder can change which distributions are chosen. */
export function targetOptions(builder: Builder): string[] {
  const { uvPlatform } = builder.target
  const wheelsOnly = builder.kind === 'host' ? ['--only-binary', ':all:'] : []
  // The full version: `--python-version 3.13` would mean 3.13.0, which some distributions exclude.
  return [
    '--python-platform',
    uvPlatform,
    '--python-version',
    builder.pythonVersion,
    '--python',
    builder.python,
    ...wheelsOnly,
  ]
}

async function pinRequirementsFile(
  project: string,
  manifest: Manifest,
  { builder, report }: Collaborators,
): Promise<Requirements> {
  const files = await readRequirementsFiles(project, manifest.path)
  const [local] = localRequirements(files)
  if (local) {
    throw new UserError({
      title: `${local.file}, line ${local.line}: ${local.text} is on this machine, and cannot be installed from there yet`,
      hint: "Remove the line if it is part of the project: the project's own files are in the artifact anyway.",
      location: { file: local.file, line: local.line },
    })
  }
  const root = await stageFiles(files, builder, project)
  const source = posix.join('manifest', root, manifest.path)
  if (isEmpty(files) || isHashed(files))
    return { text: files.map(({ text }) => text).join('\n'), path: source, isEmpty: isEmpty(files), files }
  report.progress('resolving the requirements')
  const command = [await builder.uv(), 'pip', 'compile', source, '--generate-hashes', '--no-header', '--no-annotate']
  const emitted = ['--emit-index-url', '--emit-find-links', '--emit-build-options']
  const { exitCode, stdout, stderr } = await builder.run([...command, ...emitted, ...targetOptions(builder)])
  if (exitCode !== 0) throw resolutionFailure(stderr, builder, files)
  return await pinned(stdout, files, builder)
}

async function exportUvLock(
  project: string,
  manifest: Manifest,
  { builder, report }: Collaborators,
): Promise<Requirements> {
  const folder = posix.dirname(manifest.path)
  const member = await workspaceMember(project, folder)
  const own = member === undefined ? [] : ['pyproject.toml']
  const paths = [manifest.path, posix.join(folder, 'pyproject.toml'), ...own]
  const files = await Promise.all(
    paths.map(async (path) => ({ path, text: await readBesideLock(project, path, manifest), lines: [] })),
  )
  const root = await stageFiles(files, builder, project)
  report.progress('reading uv.lock')
  const command = [
    await builder.uv(),
    'export',
    '--frozen',
    '--no-dev',
    '--no-emit-project',
    '--no-header',
    '--no-annotate',
    '--format',
    'requirements-txt',
  ]
  const which = member === undefined ? [] : ['--package', member]
  const where = [...which, '--project', posix.join('manifest', root, folder), '--python', builder.python]
  const { exitCode, stdout, stderr } = await builder.run([...command, ...where])
  if (exitCode !== 0) {
    throw new UserError({
      title: `${manifest.path} cannot be read`,
      detail: stderr.trim(),
      hint: 'Make it anew with: uv lock',
    })
  }
  const [local] = localRequirements([requirementsFile(manifest.path, stdout)])
  if (local) {
    throw new UserError({
      title: `${manifest.path}: ${local.text} is on this machine, and cannot be installed from there yet`,
      hint: 'Set requirements to a file without it: the files of the project are in the artifact anyway.',
    })
  }
  return await pinned(stdout, files, builder)
}

/** The project's own name, where the lock is its workspace's: the lock then holds other members too. */
async function workspaceMember(project: string, lockFolder: string): Promise<string | undefined> {
  if (!lockFolder.startsWith('..')) return undefined
  const { name } = (await readPyproject(project)).project
  return typeof name === 'string' ? name : undefined
}

/** uv reads a lock together with the project that it belongs to. */
async function readBesideLock(project: string, path: string, manifest: Manifest): Promise<string> {
  try {
    return await readFile(join(project, path), 'utf8')
  } catch (error) {
    throw new UserError(
      { title: `${path} cannot be read`, hint: `${manifest.path} needs the pyproject.toml that it was made from.` },
      { cause: error },
    )
  }
}

/** What uv wrote, as a file of the workspace. */
async function pinned(text: string, files: readonly RequirementsFile[], builder: Builder): Promise<Requirements> {
  const file = requirementsFile('pinned.txt', text)
  await stageFiles([file], builder, '')
  return { text, path: `manifest/${file.path}`, isEmpty: isEmpty([file]), files }
}

/**
 * Copies files into the workspace's `manifest/`. Where their paths start with `../`, the project gets a folder below it,
 * of its own name, since a workspace knows its members by their folders. @returns that folder
 */
async function stageFiles(files: readonly RequirementsFile[], builder: Builder, project: string): Promise<string> {
  const ups = Math.max(...files.map(({ path }) => path.split('/').filter((part) => part === '..').length))
  const root = ups === 0 ? '' : project.split(sep).slice(-ups).join('/')
  const staging = await mkdtemp(join(tmpdir(), 'wsgi-lambda-manifest-'))
  try {
    for (const { path, text } of files) {
      const file = join(staging, root, path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, text)
    }
    await builder.put(staging, 'manifest')
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
  return root
}
