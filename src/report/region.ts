import { code } from './markdown.ts'

/** Tells apart what the jobs of several regions say. @param name Markdown @param region undefined where nobody knows */
export function inRegion(name: string, region: string | undefined): string {
  return region === undefined ? name : `${name} in ${code(region)}`
}
