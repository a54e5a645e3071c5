import { bar } from './bar.ts'
import { type DeploymentFacts, wholeSize } from './deployment-facts.ts'
import { code, details, table } from './markdown.ts'
import { megabytes, signedSize } from './size.ts'

const LARGEST = 10

/** The largest packages, what is not of any, and how they have changed; folded. */
export function packagesSection(facts: DeploymentFacts): string {
  const { packages, difference } = facts
  const whole = wholeSize(facts)
  if (packages.length === 0) return ''
  const changes = difference.code?.contents?.packages
  const changeOf = (name: string): string => {
    const found = changes?.find((change) => change.name === name)
    if (changes === undefined) return ''
    return found === undefined ? '0' : signedSize(found.unzippedBytes)
  }
  const sorted = packages.toSorted((a, b) => b.unzippedBytes - a.unzippedBytes)
  const largest = sorted.slice(0, LARGEST)
  const rest = sorted.slice(LARGEST)
  const others = { zipBytes: sum(rest, 'zipBytes'), unzippedBytes: sum(rest, 'unzippedBytes') }
  const own = {
    zipBytes: Math.max(0, whole.zipBytes - sum(packages, 'zipBytes')),
    unzippedBytes: Math.max(0, whole.unzippedBytes - sum(packages, 'unzippedBytes')),
  }
  const most = Math.max(1, own.unzippedBytes, others.unzippedBytes, ...largest.map((each) => each.unzippedBytes))
  const row = (name: string, of: Sizes, change: string): string[] => [
    name,
    megabytes(of.zipBytes),
    megabytes(of.unzippedBytes),
    bar(of.unzippedBytes / most),
    ...(changes === undefined ? [] : [change]),
  ]
  return details(
    `Size by package (${packages.length})`,
    table(
      ['Package', 'Zipped', 'Unzipped', '', ...(changes === undefined ? [] : ['Change'])],
      [
        ...largest.map((each) => row(code(`${each.name} ${each.version}`), each, changeOf(each.name))),
        ...(rest.length > 0 ? [row(`${rest.length} others`, others, '')] : []),
        ...(own.unzippedBytes > 0 ? [row('The application and its handler', own, '')] : []),
      ],
      ['left', 'right', 'right', 'left', 'right'],
    ),
  )
}

interface Sizes {
  readonly zipBytes: number
  readonly unzippedBytes: number
}

function sum(packages: readonly Sizes[], which: keyof Sizes): number {
  return packages.reduce((total, each) => total + each[which], 0)
}
