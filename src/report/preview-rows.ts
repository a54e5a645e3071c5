import { code } from './markdown.ts'

/** What people are told of a preview's surroundings, in its comment and in the summary of its run. */
export interface PreviewData {
  /** Whom it lets in; undefined for everybody. */
  readonly access: string | undefined
  /** As in `PostgreSQL, database shop_pr_7`. */
  readonly database: string | undefined
  /** ISO 8601. */
  readonly expires: string | undefined
}

type Row = readonly [string, string]

export function accessRows({ access }: Pick<PreviewData, 'access'>): Row[] {
  return textRow('Access', access)
}

export function dataRows({ database, expires }: Omit<PreviewData, 'access'>): Row[] {
  return [...textRow('Database', database), ...(expires ? [['Expires', timeText(expires)] as const] : [])]
}

function textRow(name: string, text: string | undefined): Row[] {
  return text ? [[name, code(text)]] : []
}

/** As in `2026-11-23 13:05 UTC`; what is no date is shown as it is. */
export function timeText(iso: string): string {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)[\d:.]*Z$/.exec(iso) ?? []
  return day !== undefined && time !== undefined ? `${day} ${time} UTC` : code(iso.slice(0, LONGEST_DATE))
}

const LONGEST_DATE = 100
