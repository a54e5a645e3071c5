import { expect, test } from '@jest/globals'
import { deploymentComment } from '../../src/report/deployment-comment.ts'
import { spellingsOf } from '../../src/report/secrets.ts'
import { deploymentSummary } from '../../src/report/summary.ts'
import { FULL, plantedDeployment } from './facts.ts'
import { SECRET, SPELLINGS } from './planted.ts'

test('says what the summary says', () => {
  expect(deploymentComment(FULL, [])).toBe(deploymentSummary(FULL))
})

test.each(SPELLINGS)('holds no secret %s, wherever it was printed', (_, spelling) => {
  const comment = deploymentComment(plantedDeployment(spelling), spellingsOf(SECRET))
  const middle = spelling.slice(4, -4)
  expect(decoded(deploymentSummary(plantedDeployment(spelling)))).toContain(middle)
  expect(decoded(comment)).not.toContain(middle)
})

function decoded(markdown: string): string {
  return markdown
    .replaceAll('<!-- -->', '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
}

test.each([1_000, 10_000, 100_000])('is as short as GitHub takes it, with texts of %d characters', (length) => {
  const comment = deploymentComment(plantedDeployment('`&😀'.repeat(length / 4)), [])
  expect(comment.length).toBeLessThanOrEqual(65_000)
  expect(comment.isWellFormed()).toBe(true)
  expect(comment.split('<details>').length).toBe(comment.split('</details>').length)
})
