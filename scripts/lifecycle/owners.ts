import { previewName } from '../../src/preview/identity.ts'
import { CODES } from './application.ts'
import { type App, STATICS, staticFilesOf } from './apps.ts'

/** Whose a thing of the inventory is, by its name alone. */
export type IsMine = (thing: string) => boolean

/** A preview: its function, and everything that is made for it. */
export function ofPreview(app: App, number: number): IsMine {
  const [name, database] = [previewName(app.name, number), databaseOf(app, number)]
  const exact = new Set([
    ...thingsOfFunction(name),
    ...[`role ${name}-role`, `database ${database}`, `database role ${database}`, `schema ${database}`],
    ...[`MySQL database ${database}`, `MySQL user ${database}@%`, `MySQL mark of ${database}`],
  ])
  const beginnings = [
    ...[`layer ${name}-dependencies:`, `MySQL table ${database}.`, `membership in ${database} of `],
    ...[`comment of #${number},`, `deployment of #${number},`],
  ]
  const isStatic = ofStatics(app, `${STATICS.prefix}-pr-${number}`, name)
  return (thing) =>
    exact.has(thing) ||
    beginnings.some((beginning) => thing.startsWith(beginning)) ||
    (thing.startsWith('MySQL rights on ') && thing.endsWith(` of ${database}@%`)) ||
    isStatic(thing)
}

/** What a deployment of main changes. */
export function ofMain(app: App): IsMine {
  const own = new Set(thingsOfFunction(app.name))
  const isStatic = ofStatics(app, STATICS.prefix, app.name)
  return (thing) => own.has(thing) || thing.startsWith(`layer ${app.name}-dependencies:`) || isStatic(thing)
}

export function anyOf(all: readonly IsMine[]): IsMine {
  return (thing) => all.some((isMine) => isMine(thing))
}

export function databaseOf({ database }: App, number: number): string {
  return `${database}_pr_${number}`
}

function thingsOfFunction(name: string): string[] {
  return [`function ${name}`, `log group /aws/lambda/${name}`]
}

/** Files of releases, and their records. */
function ofStatics(app: App, prefix: string, functionName: string): IsMine {
  const folder = `object ${STATICS.bucket}/${prefix}/`
  const records = `${folder}.wsgi-lambda/`
  const files = new Set(CODES.flatMap((code) => staticFilesOf(app, code)).map((file) => folder + file))
  return (thing) =>
    files.has(thing) || (thing.startsWith(records) && thing.slice(records.length).includes(`/${functionName}/`))
}
