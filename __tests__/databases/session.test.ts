import { expect, test } from '@jest/globals'
import { begun, type Session } from '../../src/databases/session.ts'

function recordingSession(answer: () => Promise<readonly []>) {
  const told: string[] = []
  const session: Session = {
    query: (sql) => {
      told.push(sql)
      return answer()
    },
    close: () => {
      told.push('closed')
      return Promise.reject(new Error('it was closed already'))
    },
  }
  return { session, told }
}

test('a connection begins with its settings', async () => {
  const { session, told } = recordingSession(() => Promise.resolve([]))
  expect(await begun(session, 'SET x')).toBe(session)
  expect(told).toEqual(['SET x'])
})

test('one that does not take them is closed, and why is what is told', async () => {
  const { session, told } = recordingSession(() => Promise.reject(new Error('no such setting')))
  await expect(begun(session, 'SET x')).rejects.toThrow('no such setting')
  expect(told).toEqual(['SET x', 'closed'])
})
