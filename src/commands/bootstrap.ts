import { stringify } from 'yaml'
import { SettingsError } from '../errors.ts'
import { bootstrapTemplate, type Template } from '../release/permissions/bootstrap-template.ts'
import type { FunctionSettings } from '../settings/settings.ts'

export interface BootstrapArguments {
  readonly repository: string | undefined
  readonly environment: string | undefined
  readonly branch: string | undefined
}

const OWNER_AND_NAME = /^[\w.-]+(?:@\d+)?\/[\w.-]+(?:@\d+)?$/

/** Identity provider and roles, as a CloudFormation template. @throws SettingsError */
export function bootstrap(
  { repository, environment, branch }: BootstrapArguments,
  settings: FunctionSettings,
  variables: Readonly<Record<string, string | undefined>>,
): Template {
  const named = repository ?? variables['GITHUB_REPOSITORY']
  if (named === undefined || !OWNER_AND_NAME.test(named)) {
    throw new SettingsError([
      {
        title: named === undefined ? '--repository is missing' : '--repository is not valid',
        detail: named === undefined ? undefined : `Given: ${JSON.stringify(named)}`,
        hint: 'The repository whose workflows deploy, as in --repository OWNER/NAME.',
      },
    ])
  }
  return bootstrapTemplate(settings, {
    repository: named,
    environment,
    branch: branch ?? (environment === undefined ? 'main' : undefined),
  })
}

/** As YAML, with what to do with it. */
export function templateText(template: Template): string {
  return HEAD + stringify(template, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })
}

const HEAD = `# Identity provider and roles for deployments from GitHub Actions. Deploy it with:
#
#   aws cloudformation deploy --stack-name deployments --template-file bootstrap.yml --capabilities CAPABILITY_NAMED_IAM
#
# An account has one provider for GitHub: where it is there, set the parameter ProviderArn to its ARN. It has each name of a role
# once, whatever the region: where RoleNames is taken, set it to what they shall begin with. Where a policy demands that roles have
# a permissions boundary, set PermissionsBoundary: a role then may do what both allow, so the boundary must allow what stands here.
`
