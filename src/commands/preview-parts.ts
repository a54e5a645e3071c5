import type { ClientOptions } from '../aws/call.ts'
import { createPreviewApi } from '../aws/previews.ts'
import { readTags, searchTags } from '../preview/tags.ts'
import type { Table } from '../settings/kinds.ts'
import type { PreviewCollaborators, PreviewData } from './preview.ts'

const NO_DATA: PreviewData = {
  tags: { database: 'none', databaseAdmin: undefined, databaseAccess: undefined },
  environment: {},
  preparation: undefined,
  giveBack: () => Promise.resolve(),
}

/** What a preview needs beside what a deployment does. */
export function previewParts(
  environment: Table,
  options: ClientOptions,
): Pick<PreviewCollaborators, 'dataOf' | 'count' | 'runId'> {
  return {
    dataOf: () => Promise.resolve(NO_DATA),
    count: async ({ base, repositoryId }) => {
      const found = await createPreviewApi({ ...options, environment }).findTagged(
        'lambda:function',
        searchTags(repositoryId),
      )
      const previews = found.map(({ arn, tags }) => readTags(arn.split(':').at(-1) ?? '', tags))
      return previews.filter((preview) => preview?.base === base).length
    },
    runId: environment['GITHUB_RUN_ID'] ?? environment['CI_PIPELINE_ID'],
  }
}
