import type { PreviewData } from '../../report/preview-rows.ts'
import type { DeploySettings } from '../../settings/settings.ts'
import { accessText } from '../access-text.ts'
import { databaseText } from '../database-text.ts'

/** What people are told of a preview besides its release. @param database as its tag has it */
export function previewData(
  { database, expires }: { readonly database: string; readonly expires: string },
  settings: Pick<DeploySettings, 'functionUrl' | 'basicAuth'>,
): PreviewData {
  return { access: accessText(settings), database: databaseText(database), expires }
}
