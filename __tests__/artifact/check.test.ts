import { describe, expect, test } from '@jest/globals'
import { checkImport } from '../../src/artifact/check.ts'
import type { Completed, RunOptions } from '../../src/builder/builder.ts'
import { fakeBuilder, listeningReporter } from '../requirements/fakes.ts'

async function check(
  { environment = {}, secrets = {} }: { environment?: Record<string, string>; secrets?: Record<string, string> },
  answer: Partial<Completed> = {},
) {
  await using fake = await fakeBuilder(answer)
  let given: RunOptions | undefined
  const run: typeof fake.run = (command, options) => {
    given = options
    return fake.run(command, options)
  }
  const report = listeningReporter()
  const folders = { application: 'application', dependencies: 'dependencies' }
  const failure: unknown = await checkImport(
    folders,
    { environment, secrets },
    { builder: { ...fake, run }, report },
  ).then(
    () => undefined,
    (error: unknown) => error,
  )
  return { given, problems: report.problems, failure }
}

const failing = (type: string): Partial<Completed> => ({
  exitCode: 1,
  stderr: 'Traceback …\n',
  stdout: `${JSON.stringify({ type, message: 'a message', name: null })}\n`,
})

const secrets = { SECRET_KEY: 'ssm:/shop/key', DATABASE_URL: 'secretsmanager:shop#url' }

describe('the variables of the import check', () => {
  test('are those of Lambda and of the function, and no others', async () => {
    const { given } = await check({ environment: { DEBUG: '0', SITE: '{{url}}/x' } })
    expect(given).toMatchObject({ environment: 'replace', env: { DEBUG: '0', SITE: 'https://url.invalid/x' } })
    expect(given?.env).toHaveProperty('AWS_LAMBDA_FUNCTION_NAME', 'check')
  })

  test('have a stand-in for each secret, and no references that the runtime would follow', async () => {
    const { given } = await check({ environment: { WSGI_LAMBDA_SECRETS: JSON.stringify(secrets) }, secrets })
    expect(given?.env).toMatchObject({ SECRET_KEY: 'not-known-in-a-build', DATABASE_URL: 'not-known-in-a-build' })
    expect(given?.env).not.toHaveProperty('WSGI_LAMBDA_SECRETS')
  })
})

describe('an application that cannot be imported', () => {
  test.each(['KeyError', 'ModuleNotFoundError', 'RouteError'])('%s fails the build', async (type) => {
    const { failure, problems } = await check({}, failing(type))
    expect(failure).toMatchObject({ detail: 'Traceback …', title: expect.stringContaining(type) })
    expect(problems).toEqual([])
  })

  test.each(['ModuleNotFoundError', 'ImportError', 'SyntaxError', 'LoadingError', 'PolicyError', 'RouteError'])(
    '%s fails it with secrets too: no value is the reason',
    async (type) => {
      const { failure, problems } = await check({ secrets }, failing(type))
      expect(failure).toMatchObject({ title: `The application cannot be imported: ${type}: a message` })
      expect(problems).toEqual([])
    },
  )

  test('a warning tells of what the missing secrets may be the reason of', async () => {
    const { failure, problems } = await check({ secrets }, failing('ValueError'))
    expect(failure).toBeUndefined()
    expect(problems).toEqual([
      {
        title: 'The application could not be imported without its secrets: ValueError',
        detail: 'Traceback …',
        hint: 'Here SECRET_KEY, DATABASE_URL had a stand-in. If that is the reason, nothing is wrong; else the smoke request ends the release before traffic moves.',
      },
    ])
  })

  test('one that ends Python does so whatever its secrets are', async () => {
    const { failure } = await check({ secrets }, { exitCode: 3 })
    expect(failure).toMatchObject({ title: 'The application ended Python while it was imported (exit code 3)' })
  })
})
