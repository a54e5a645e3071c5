/** `node .github/scripts/check-release.ts VERSION`: may this tree be released as VERSION? */
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { parse } from 'smol-toml'

/** The files that state a version, as text. */
export interface ReleaseFiles {
  readonly packageJson: string
  readonly pyproject: string
  readonly changelog: string
}

/** What stands in the way of releasing `version` from `repository` ("owner/name"), one sentence each. */
export function releaseMistakes(version: string, repository: string, files: ReleaseFiles): string[] {
  const npm = JSON.parse(files.packageJson) as { version?: string; repository?: { url?: string } }
  const python = parse(files.pyproject)['project'] as { version?: string } | undefined
  // npm refuses the provenance of another repository than the one that package.json names, case included.
  const url = `git+https://github.com/${repository}.git`

  const mistakes: string[] = []
  if (npm.version !== version) {
    mistakes.push(`package.json has version ${String(npm.version)}: make it ${version}.`)
  }
  if (python?.version !== version) {
    mistakes.push(`runtime/pyproject.toml has version ${String(python?.version)}: make it ${version}.`)
  }
  if (!changesOf(version, files.changelog)) {
    mistakes.push(
      `CHANGELOG.md has no "## [${version}] - YYYY-MM-DD" with changes below it: move them from Unreleased.`,
    )
  }
  if (npm.repository?.url !== url) {
    mistakes.push(`package.json has repository.url ${String(npm.repository?.url)}: make it ${url}.`)
  }
  return mistakes
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
  const mistakes = releaseMistakes(version, process.env['GITHUB_REPOSITORY'] ?? '', {
    packageJson: readFileSync('package.json', 'utf8'),
    pyproject: readFileSync('runtime/pyproject.toml', 'utf8'),
    changelog: readFileSync('CHANGELOG.md', 'utf8'),
  })
  for (const mistake of mistakes) process.stdout.write(`::error title=Not released::${mistake}\n`)
  process.exitCode = mistakes.length === 0 ? 0 : 1
}
