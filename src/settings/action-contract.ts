/** What `action.yml` promises besides the settings; a test compares. */

export const COMMANDS = ['deploy', 'preview', 'destroy', 'sweep', 'plan', 'build', 'rollback', 'run'] as const
/** What an event asks for, as `decide` of src/preview/ has it. */
export const AUTO = 'auto'

export const OUTPUT_DESCRIPTIONS = {
  command: 'What was done: of command auto what it became, or none.',
  skipped: 'Whether nothing was done since the run could not or should not, as for a fork: true or false.',
  'function-name': 'The Lambda function.',
  'function-arn': 'Its ARN, without a version.',
  version: 'The version that the alias serves now.',
  'alias-arn': 'The ARN of the alias: what other services should call.',
  url: 'The Function URL; empty without one.',
  changed: 'Whether anything was changed: true or false.',
  pr: 'Of preview and destroy: the number of the pull request.',
  expires: 'Of preview: when sweep removes it if nothing new comes, as ISO 8601.',
  removed:
    'The previews that were removed, as JSON list of the names of their functions: by destroy, by sweep, or by a run that found its pull request closed or its label gone.',
  'would-change': 'Of plan and dry-run: whether a deployment would change anything, true or false.',
  'exit-code': 'Of run: what the last command ended with; 125 where nobody knows.',
  artifact: 'The path of the zip.',
  sbom: 'The path of the bill of materials, where the setting sbom asks for one.',
  'code-sha256': 'The SHA-256 of the zip in base64, as Lambda states it.',
  'zip-bytes': 'The size of the zip in bytes.',
  'unzipped-bytes': 'The size of its files in bytes.',
} as const

export type OutputName = keyof typeof OUTPUT_DESCRIPTIONS
export const ACTION_OUTPUTS = Object.keys(OUTPUT_DESCRIPTIONS) as OutputName[]
export type ActionOutputs = Readonly<Partial<Record<OutputName, string | number | boolean>>>
