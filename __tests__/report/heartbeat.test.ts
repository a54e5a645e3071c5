import { describe, expect, test } from '@jest/globals'
import picocolors from 'picocolors'
import { consoleReporter } from '../../src/report/console.ts'
import { type Beat, createHeartbeat } from '../../src/report/heartbeat.ts'

/** A clock that goes on when the test says so. */
function createTime() {
  const tasks = new Set<() => void>()
  let now = 0
  const beat: Beat = {
    clock: () => now,
    every: (_, task) => {
      tasks.add(task)
      return () => tasks.delete(task)
    },
  }
  const pass = (seconds: number): void => {
    for (let second = 0; second < seconds; second++) {
      now += 1000
      for (const task of tasks) task()
    }
  }
  return { beat, pass, tasks }
}

function createBeating() {
  const time = createTime()
  const said: string[] = []
  return { ...time, said, heartbeat: createHeartbeat((text) => said.push(text), time.beat) }
}

const done = Promise.resolve()

describe('every ten seconds of silence', () => {
  test('the phase is named, and for how long it has gone on', async () => {
    const { heartbeat, pass, said, tasks } = createBeating()
    await heartbeat.during('Release shop', () => {
      pass(9)
      expect(said).toEqual([])
      pass(12)
      return done
    })
    expect(said).toEqual(['Release shop goes on (10 s)', 'Release shop goes on (20 s)'])
    expect(tasks.size).toBe(0)
  })

  test('what goes on is named, since it began', async () => {
    const { heartbeat, pass, said } = createBeating()
    await heartbeat.during('Release shop', () => {
      pass(5)
      heartbeat.doing('uploading 50 MB')
      pass(10)
      heartbeat.doing('uploading 50 MB')
      pass(10)
      return done
    })
    expect(said).toEqual(['uploading 50 MB (5 s)', 'uploading 50 MB (15 s)'])
  })

  test('what tells its time already is told as it is', async () => {
    const { heartbeat, pass, said } = createBeating()
    await heartbeat.during('Release shop', () => {
      for (let second = 0; second < 25; second++) {
        heartbeat.doing(`waiting for the update (${second} s)`)
        pass(1)
      }
      heartbeat.doing('10 % of the traffic (60 s left)')
      pass(6)
      return done
    })
    expect(said).toEqual([
      'waiting for the update (9 s)',
      'waiting for the update (19 s)',
      '10 % of the traffic (60 s left)',
    ])
  })

  test('a result ends what went on, a line of a program does not; both break the silence', async () => {
    const { heartbeat, pass, said } = createBeating()
    await heartbeat.during('Release shop', () => {
      heartbeat.doing('run manage migrate')
      pass(8)
      heartbeat.said(false)
      pass(8)
      expect(said).toEqual([])
      pass(2)
      heartbeat.said(true)
      pass(10)
      return done
    })
    expect(said).toEqual(['run manage migrate (18 s)', 'Release shop goes on (28 s)'])
  })

  test('a phase within another is the one that is named, also after one that failed', async () => {
    const { heartbeat, pass, said, tasks } = createBeating()
    await heartbeat.during('Outside', async () => {
      await heartbeat
        .during('Inside', () => {
          heartbeat.doing('falling')
          pass(10)
          return Promise.reject(new Error('broken'))
        })
        .catch(() => undefined)
      pass(10)
    })
    expect(said).toEqual(['falling (10 s)', 'Outside goes on (20 s)'])
    expect(tasks.size).toBe(0)
  })

  test('outside of phases nothing is said', () => {
    const { heartbeat, pass, said } = createBeating()
    heartbeat.doing('reading')
    pass(60)
    expect(said).toEqual([])
  })
})

describe('a console', () => {
  const written = async (isTerminal: boolean, verbosity: 'quiet' | 'normal'): Promise<string> => {
    const { beat, pass } = createTime()
    let text = ''
    const report = consoleReporter({
      ...{ isTerminal, verbosity, colors: picocolors.createColors(false), clock: () => 0, beat },
      write: (some) => {
        text += some
      },
    })
    await report.phase('Release shop', () => {
      report.progress('::set-output name=a::b')
      pass(10)
      return done
    })
    return text
  }

  test('without a terminal has a line of its own for it', async () => {
    expect(await written(false, 'normal')).toBe('▸ Release shop\n  … │ ::set-output name=a::b (10 s)\n  0.0 s\n')
  })

  test('with one replaces the line', async () => {
    const clear = '\r\u001b[2K'
    expect(await written(true, 'normal')).toBe(
      `▸ Release shop\n  … │ ::set-output name=a::b${clear}  … │ ::set-output name=a::b (10 s)${clear}  0.0 s\n`,
    )
  })

  test('that is quiet stays so', async () => {
    expect(await written(false, 'quiet')).toBe('')
  })
})
