import { UserError } from '../errors.ts'
import type { Target } from '../platform/target.ts'

/** As `docker/collect_static.py` names them. */
export const COLLECT_PROBLEMS = ['no-django', 'no-staticfiles', 'no-folder', 'failed'] as const
type CollectProblem = (typeof COLLECT_PROBLEMS)[number]

const ELSEWHERE = 'Or run it before, and name the folder that it fills with static-root.'

/** Why there are no static files, and what to do. */
export function failureOf(problem: CollectProblem, detail: string): UserError {
  switch (problem) {
    case 'no-django':
      return new UserError(
        {
          title: 'static is set, and the application has no Django to collect static files',
          hint: 'Name the folder of its static files with static-folder, as in bookshelf/static.',
        },
        { exitCode: 2 },
      )
    case 'no-staticfiles':
      return new UserError({
        title: 'static is set, and django.contrib.staticfiles is not in INSTALLED_APPS',
        hint: 'Add it there, or name the folder of the static files with static-folder.',
      })
    case 'no-folder':
      return new UserError({
        title: `static is set, and the storage of staticfiles in STORAGES is ${detail}, which keeps no files in a folder`,
        hint: 'Take django.contrib.staticfiles.storage.ManifestStaticFilesStorage, and the files go to the bucket of static; or remove static, and let that storage do it.',
      })
    case 'failed':
      return new UserError({
        title: 'collectstatic failed on the artifact',
        detail: detail.trimEnd(),
        hint: `It has the variables of environment, stand-ins for secrets, which check-environment can give another form, and in the Lambda image no network. ${ELSEWHERE}`,
      })
  }
}

export function cannotRun({ architecture, pythonMinor }: Target): UserError {
  return new UserError({
    title: `collectstatic cannot be run here for ${architecture}`,
    hint: `Use builder: docker, with emulation where the machine has another processor; or builder: host on Linux on ${architecture} with Python ${pythonMinor}. ${ELSEWHERE}`,
  })
}

export function tooLate(seconds: number): UserError {
  return new UserError({
    title: `collectstatic was not done after ${seconds} seconds, and was ended`,
    hint: `Without a network, it may wait for something. ${ELSEWHERE}`,
  })
}
