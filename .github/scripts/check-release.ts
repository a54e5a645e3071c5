/** `node .github/scripts/check-release.ts VERSION`: may this tree be released as VERSION? */
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { parse } from 'smol-toml'

/** Each file that states the version → where in it. */
const STATED = {
  'package.json': (text: string) => (JSON.parse(text) as { version?: string }).version,
  'src/version.ts': versionConstant,
  'runtime/pyproject.toml': (text: string) => (parse(text)['project'] as { version?: string } | undefined)?.version,
  'runtime/wsgi_lambda/version.py': versionConstant,
} as const

/** Path → text. */
export type ReleaseFiles = Readonly<Record<keyof typeof STATED | 'CHANGELOG.md', string>>

/** Path → the version that the file states. */
export function statedVersions(files: ReleaseFiles): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(STATED).map(([path, read]) => [path, read(files[path as keyof typeof STATED])]),
  )
}

/** What stands in the way of releasing `version` from `repository` ("owner/name"), one sentence each. */
export function releaseMistakes(version: string, repository: string, files: ReleaseFiles): string[] {
  const mistakes = Object.entries(statedVersions(files))
    .filter(([, stated]) => stated !== version)
    .map(([path, stated]) => `${path} has version ${String(stated)}: make it ${version}.`)
  if (!changesOf(version, files['CHANGELOG.md'])) {
    mistakes.push(
      `CHANGELOG.md has no "## [${version}] - YYYY-MM-DD" with changes below it: move them from Unreleased.`,
    )
  }
  // npm refuses the provenance of another repository than the one that package.json names, case included.
  const npm = JSON.parse(files['package.json']) as { repository?: { url?: string } }
  const url = `git+https://github.com/${repository}.git`
  if (npm.repository?.url !== url) {
    mistakes.push(`package.json has repository.url ${String(npm.repository?.url)}: make it ${url}.`)
  }
  return mistakes
}

/** `VERSION = "1.4.0"`, in TypeScript or Python. */
function versionConstant(text: string): string | undefined {
  return /^(?:export const )?VERSION = ['"](.+)['"]$/m.exec(text)?.[1]
}

/** The files of the tree in the working directory. */
export function readReleaseFiles(): ReleaseFiles {
  const read = (path: string) => readFileSync(path, 'utf8')
  return {
    'package.json': read('package.json'),
    'src/version.ts': read('src/version.ts'),
    'runtime/pyproject.toml': read('runtime/pyproject.toml'),
    'runtime/wsgi_lambda/version.py': read('runtime/wsgi_lambda/version.py'),
    'CHANGELOG.md': read('CHANGELOG.md'),
  }
}

/** The entries below the dated heading of `version`, if there are any. */
function changesOf(version: string, changelog: string): string | undefined {
  for (const section of changelog.split(/^## /m)) {
    const [heading = '', ...lines] = section.split('\n')
    if (heading.startsWith(`[${version}] - `) && /\d{4}-\d\d-\d\d$/.test(heading.trimEnd())) {
      return lines.filter((line) => /^[-*] /.test(line)).join('\n')
    }
  }
  return undefined
}

if (import.meta.main) {
  const [version = ''] = process.argv.slice(2)
  const mistakes = releaseMistakes(version, process.env['GITHUB_REPOSITORY'] ?? '', readReleaseFiles())
  for (const mistake of mistakes) process.stdout.write(`::error title=Not released::${mistake}\n`)
  process.exitCode = mistakes.length === 0 ? 0 : 1
}
