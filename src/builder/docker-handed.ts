import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Problem, UserError } from '../errors.ts'
import type { SshAgent } from './docker-ssh.ts'

type Variables = Readonly<Record<string, string>>

/**
 * Setting `docker-secrets`, read: what stands at `/run/secrets/ID` of every container, and in no image.
 *
 * @param secrets ID → `env:VARIABLE` or `file:PATH`, relative to the project
 * @throws UserError that names every one that is not there, and no value
 */
export async function readSecrets(
  secrets: Variables,
  { environment, project }: { readonly environment: Variables; readonly project: string },
): Promise<ReadonlyMap<string, Buffer>> {
  const read = new Map<string, Buffer>()
  const missing: string[] = []
  for (const [id, source] of Object.entries(secrets)) {
    const content = await contentOf(source, environment, project)
    if (content === undefined) missing.push(`${id} (${source})`)
    else read.set(id, content)
  }
  if (missing.length === 0) return read
  throw new UserError(
    {
      title: `docker-secrets: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not there`,
      hint: 'Set the variable, or correct the path: ID=env:VARIABLE or ID=file:PATH.',
    },
    { exitCode: 2 },
  )
}

async function contentOf(source: string, environment: Variables, project: string): Promise<Buffer | undefined> {
  if (source.startsWith('env:')) {
    const value = environment[source.slice('env:'.length)]
    return value === undefined ? undefined : Buffer.from(value)
  }
  const path = source.slice('file:'.length).replace(/^~(?=\/)/, homedir())
  return await readFile(resolve(project, path)).catch(() => undefined)
}

/** Setting `docker-ssh`: the agent of this machine and the hosts that it may be used with. @throws UserError without one. */
export async function findSshAgent(environment: Variables, toolsFolder: string): Promise<SshAgent> {
  const socket = environment['SSH_AUTH_SOCK']
  if (socket === undefined || socket === '') throw new UserError(NO_AGENT, { exitCode: 2 })
  const files = [join(homedir(), '.ssh', 'known_hosts'), '/etc/ssh/ssh_known_hosts']
  const known = await Promise.all(files.map((file) => readFile(file).catch(() => Buffer.alloc(0))))
  return {
    socket,
    knownHosts: Buffer.concat(known),
    relay: await readFile(join(toolsFolder, 'relay_agent.py')),
  }
}

const NO_AGENT: Problem = {
  title: 'docker-ssh is set, and no SSH agent runs',
  detail: 'SSH_AUTH_SOCK is not set.',
  hint: 'Start one and add the key: eval "$(ssh-agent)"; ssh-add KEY. In a workflow, an action such as webfactory/ssh-agent does both.',
}
