import { type Case, deploy, prepare } from './cases.ts'
import { type Ground, servingOf } from './ground.ts'

const FROM_A: Case = { name: 'failing proof', from: 'a', to: 'b', settings: [] }

/** What is wrong in the new version, and what has to be shown of it. */
const FAILURES = [
  { broken: 'before', name: 'failing command', shown: ['before has run', 'before is broken'] },
  { broken: 'smoke', name: 'failing smoke request', shown: ['answers GET / with 500', '"code": "b"'] },
] as const

/** Releases again and again what does not prove itself. @returns what was wrong; nothing where the alias never moved */
export async function failProofs(
  ground: Ground,
  times: number,
  tell: (line: string) => void,
): Promise<readonly string[]> {
  await using place = await ground.place()
  await prepare(ground, place, FROM_A)
  const before = await servingOf(ground, place)
  const problems: string[] = []
  for (const { broken, name, shown } of FAILURES) {
    for (let round = 1; round <= times; round++) {
      const { exitCode, stderr } = await deploy(ground, place, FROM_A, 'b', [`BROKEN=${broken}`]).ended
      const now = await servingOf(ground, place)
      if (exitCode !== 1) problems.push(`${name} ${round}: ended with ${exitCode ?? 'a signal'}`)
      if (JSON.stringify(now) !== JSON.stringify(before)) problems.push(`${name} ${round}: the alias has moved`)
      for (const text of shown) if (!stderr.includes(text)) problems.push(`${name} ${round}: does not show ${text}`)
    }
    tell(`${name}: ${times} times`)
  }
  for (const problem of problems) tell(`      ✖ ${problem}`)
  return problems
}
