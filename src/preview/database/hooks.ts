import { UserError } from '../../errors.ts'
import { linesOf } from '../../report/inert.ts'
import type { Reporter } from '../../report/reporter.ts'
import type { PreviewIdentity } from '../identity.ts'

/** What a line of shell on this machine needs. */
export interface HookCollaborators {
  readonly run: (
    command: readonly string[],
    options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  ) => Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>
  readonly cwd: string
  readonly environment: Readonly<Record<string, string>>
  readonly mask: (variables: Readonly<Record<string, string>>) => void
  readonly report: Reporter
}

/** `preview-database-create`: the last line that it prints is the address. @throws UserError where it fails, or prints none */
export async function createByHook(line: string, identity: PreviewIdentity, hooks: HookCollaborators): Promise<string> {
  const { stdout } = await runHook('preview-database-create', line, identity, hooks, true)
  const address = lastLine(stdout)
  if (address === undefined || !/^[a-z][\w+.-]*:\/*[^\s]+$/i.test(address))
    throw new UserError({
      title: 'preview-database-create printed no address as its last line',
      hint: 'Print it last, as in postgresql://USER:PASSWORD@HOST/DATABASE; whatever else there is to say goes before it.',
    })
  return address
}

/** `preview-database-delete`. What does not exist any more is for it to ignore. */
export async function deleteByHook(line: string, identity: PreviewIdentity, hooks: HookCollaborators): Promise<void> {
  await runHook('preview-database-delete', line, identity, hooks, false)
}

async function runHook(
  setting: string,
  line: string,
  { pull, functionName }: PreviewIdentity,
  { run, cwd, environment, mask, report }: HookCollaborators,
  endsInAddress: boolean,
): Promise<{ readonly stdout: string }> {
  // Not filled into the line: there they could become more than words.
  const env = { ...environment, WSGI_LAMBDA_PR: String(pull), WSGI_LAMBDA_PREVIEW: functionName }
  const ended = await run(['sh', '-c', line], { cwd, env })
  const address = endsInAddress ? lastLine(ended.stdout) : undefined
  if (address !== undefined) mask({ DATABASE_URL_SECRET: address })
  const printed = [...linesOf(ended.stderr), ...linesOf(ended.stdout)]
  for (const text of printed) if (text.trim() !== address) report.output(text)
  if (ended.exitCode === 0) return ended
  throw new UserError({
    title: `${setting} ended with exit code ${ended.exitCode}`,
    hint: 'Its output above says why.',
  })
}

function lastLine(text: string): string | undefined {
  return linesOf(text)
    .map((line) => line.trim())
    .filter(Boolean)
    .at(-1)
}
