import { BASIC_AUTH_VARIABLE } from './basic-auth.ts'
import { DATABASES_VARIABLE } from './databases.ts'
import type { Mistake, Table } from './kinds.ts'

/** The function's variable that holds `secrets`: runtime/README.md, "Secrets". */
export const SECRETS_VARIABLE = 'WSGI_LAMBDA_SECRETS'

/** The name of an environment variable. */
export const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

/** What is wrong with a table of plain variables. */
export function plainVariableMistakes(variables: Table): readonly Mistake[] {
  const settings = {
    [SECRETS_VARIABLE]: 'secrets',
    [BASIC_AUTH_VARIABLE]: 'basic-auth',
    [DATABASES_VARIABLE]: 'database-role',
  }
  return Object.entries(settings)
    .filter(([variable]) => Object.hasOwn(variables, variable))
    .map(([entry, setting]) => ({ entry, hint: `Write the setting ${setting} instead: the variable is made of it.` }))
}

/** The references that the runtime understands, each with `#KEY` behind it or without. */
export const REFERENCES = 'ssm:NAME, secretsmanager:NAME or the ARN of either, with #KEY for one key of a JSON object'

/** Parameter names and their versions: Systems Manager user guide, "Parameter naming constraints" and "Labels". */
const PARAMETER = '[\\w./-]+(?::[\\w.-]+)?'
/** Secrets Manager API reference, CreateSecret. */
const SECRET = '[\\w/+=.@-]+'
const REFERENCE = new RegExp(
  `^(?:${[
    `ssm:${PARAMETER}`,
    `arn:[\\w-]+:ssm:[\\w-]+:\\d{12}:parameter/${PARAMETER}`,
    `secretsmanager:${SECRET}`,
    `arn:[\\w-]+:secretsmanager:[\\w-]+:\\d{12}:secret:${SECRET}`,
  ].join('|')})(?:#[^]+)?$`,
)
/** `{{stage}}` is filled in later. */
const PLACEHOLDER = /\{\{\s*[\w-]+\s*\}\}/g

/** What is wrong with a table VARIABLE → reference. What is given is never repeated: it may be the secret itself. */
export function secretMistakes(secrets: Table): readonly Mistake[] {
  return Object.entries(secrets).flatMap(([name, reference]) => {
    if (name === SECRETS_VARIABLE)
      return [{ entry: JSON.stringify(name), hint: 'This variable holds the references of all others.' }]
    if (!VARIABLE.test(name))
      return [{ entry: JSON.stringify(name), hint: 'The name of a variable is letters, digits and _, no digit first.' }]
    const filled = reference.replace(PLACEHOLDER, 'x')
    return REFERENCE.test(filled) ? [] : [{ entry: name, hint: hintFor(filled) }]
  })
}

function hintFor(reference: string): string {
  if (/^arn:[\w-]+:secretsmanager:(?:[^:#]*:){4}[^:#]+:/.test(reference))
    return 'A key of a secret stands behind #, as in arn:…:secret:shop-Ab12Cd#url'
  if (/^(?:ssm|secretsmanager|arn):/.test(reference)) return `Allowed: ${REFERENCES}.`
  return `Allowed: ${REFERENCES}. A secret itself is never written here: store it, and name where it is.`
}
