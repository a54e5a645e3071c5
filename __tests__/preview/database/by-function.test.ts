import { expect, test } from '@jest/globals'
import type { Invocation } from '../../../src/aws/lambda.ts'
import type { OwnDatabase } from '../../../src/databases/server.ts'
import { openByFunction } from '../../../src/preview/database/by-function.ts'
import { recordingReporter } from '../../report/recording.ts'

const PLACE = { engine: 'postgresql', host: 'db', port: 5432, database: 'postgres', sslMode: null }
const OWN: OwnDatabase = {
  ...{ engine: 'postgresql', scope: 'database', name: 'shop_pr_7', user: 'shop_pr_7' },
  mark: { host: 'github.com', repositoryId: '42', pr: 7, preview: 'shop', place: '123456789012/eu-west-1' },
}
const OPTIONS = { password: 'canary', template: undefined }

type Answer = object | Error

/** A function that answers so, one answer after the other. */
function asking(...answers: readonly Answer[]) {
  const sent: unknown[] = []
  const report = recordingReporter()
  const invoke = (
    name: string,
    qualifier: string,
    payload: string,
    timeoutSeconds: number,
    context: unknown,
  ): Promise<Invocation> => {
    sent.push([name, qualifier, JSON.parse(payload), timeoutSeconds, context])
    const answer = answers[sent.length - 1] ?? answers.at(-1)
    if (answer instanceof Error) return Promise.reject(answer)
    const failure = answer !== undefined && 'errorMessage' in answer ? 'Unhandled' : undefined
    return Promise.resolve({ payload: JSON.stringify(answer), functionError: failure, logTail: '' })
  }
  const opening = openByFunction(
    { base: 'shop', alias: 'live' },
    {
      ...{ lambda: { invoke }, report, clock: () => 0, signal: new AbortController().signal },
      wait: () => Promise.resolve(),
    },
  )
  return { opening, sent, report }
}

const named = (name: string, status = 500): Error =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status } })

test('each command is one invocation of the version for databases', async () => {
  const { opening, sent } = asking({ result: PLACE }, { result: 'created' }, { result: 'removed' }, { result: [OWN] })
  const server = await opening
  expect(server.place).toEqual({ ...PLACE, sslMode: undefined })
  expect(await server.prepare(OWN, OPTIONS)).toBe('created')
  expect(await server.remove(OWN)).toBe('removed')
  expect(await server.list(OWN.mark)).toEqual([OWN])
  await server.close()
  const event = (fields: object) => [
    ...['shop', 'live-databases', { '_wsgi-lambda-databases': fields }, 300],
    { custom: { 'wsgi-lambda': '1' } },
  ]
  expect(sent).toEqual([
    event({ command: 'describe' }),
    event({ command: 'prepare', database: OWN, password: 'canary' }),
    event({ command: 'remove', database: OWN }),
    event({ command: 'list', owner: OWN.mark }),
  ])
})

test('what the function refuses is told as it says, and not asked again', async () => {
  const error = { title: 'The role shop_pr_7 exists', detail: 'It has no mark.', hint: 'Remove it.' }
  const { opening, sent } = asking({ error })
  await expect(opening).rejects.toMatchObject({
    ...{ title: error.title, detail: 'It has no mark.\nSaid by shop:live-databases.', hint: 'Remove it.' },
  })
  expect(sent).toHaveLength(1)
})

test.each([
  ['fails', { errorMessage: 'no module', errorType: 'ImportError' }],
  ['is no function of ours', { hello: 1 }],
])('a function that %s is told to be deployed', async (_, answer) => {
  const { opening } = asking(answer)
  await expect(opening).rejects.toMatchObject({
    title: expect.stringMatching(/^shop:live-databases gives no answer to a database command: /),
    hint: expect.stringContaining('database-role'),
  })
})

test('where the main function was never deployed, that is what to do', async () => {
  const { opening, sent } = asking(named('ResourceNotFoundException', 404))
  await expect(opening).rejects.toMatchObject({
    title: 'shop has no version for databases (live-databases)',
    hint: expect.stringContaining('Deploy shop once with database-role'),
  })
  expect(sent).toHaveLength(1)
})

test('where nobody knows how a command ended, it is sent again', async () => {
  const { opening, sent, report } = asking(named('ServiceException'), { result: PLACE })
  expect((await opening).place.host).toBe('db')
  expect(sent).toHaveLength(2)
  expect(report.of('info')).toEqual(['it is not known how the database command ended: sent again'])
})

test('but not for ever, and not what was refused', async () => {
  const unknown = asking(named('ServiceException'))
  await expect(unknown.opening).rejects.toThrow('ServiceException')
  expect(unknown.sent).toHaveLength(3)
  const denied = asking(named('AccessDeniedException', 403))
  await expect(denied.opening).rejects.toThrow('AccessDeniedException')
  expect(denied.sent).toHaveLength(1)
})
