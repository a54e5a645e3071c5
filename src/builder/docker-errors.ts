import { type Problem, UserError } from '../errors.ts'

/** An engine's answer that is not a success: dockerode's error. Its `reason` is a guess by call, so nothing reads it. */
interface EngineFailure extends Error {
  readonly code?: string
  readonly statusCode?: number
  readonly json?: { readonly message?: string } | null
}

/** The engine took a call and did not answer it. */
export class EngineTimeout extends Error {
  constructor(seconds: number) {
    super(`no answer within ${seconds} seconds`)
  }
}

const CONTEXTS =
  'Contexts of the docker command are not read: name the engine of one with ' +
  "DOCKER_HOST=$(docker context inspect --format '{{.Endpoints.docker.Host}}')."

const DISK_FULL =
  'Free some space where the engine keeps its data (docker system prune removes what is unused; on a hosted runner, ' +
  'remove tools that the job does not need) and run again.'

/** Programs of every language say a full disk in one of these ways. */
const NO_SPACE = /no space left on device|ENOSPC|Errno 28\b|os error 28\b|not enough free space|disk quota exceeded/i

export const saysDiskFull = (text: string): boolean => NO_SPACE.test(text)

export function diskFull(detail: string): UserError {
  return new UserError({ title: 'The disk of the container engine is full', detail, hint: DISK_FULL })
}

/** Advice for an engine that does not answer at its address (`unix:///var/run/docker.sock`, `tcp://host:2375`). */
export function unreachableProblem(error: unknown, address: string): Problem {
  const title = `No container engine answers at ${address}`
  const detail = messageOf(error)
  const otherwise = 'builder: host needs none, where every requirement has a published wheel.'
  const code = codeOf(error)
  if (address.startsWith('ssh:')) {
    return {
      title: 'A container engine behind ssh:// is not supported',
      detail: `DOCKER_HOST is ${address}.`,
      hint:
        'Forward its socket and name that: ssh -nNT -L /tmp/engine.sock:/var/run/docker.sock HOST, ' +
        'then DOCKER_HOST=unix:///tmp/engine.sock.',
    }
  }
  switch (code ?? '') {
    case 'ENOENT':
      return {
        title,
        detail,
        hint: `Start Docker (or Podman's service), or set DOCKER_HOST to where it listens. ${CONTEXTS} Or: ${otherwise}`,
      }
    case 'EACCES':
    case 'EPERM':
      return {
        title: `This user may not talk to the container engine at ${address}`,
        detail,
        hint: `Add the user to the group of the socket (sudo usermod -aG docker NAME, then sign in again), or use a rootless engine by DOCKER_HOST. Or: ${otherwise}`,
      }
    case 'ECONNREFUSED':
      return {
        title,
        detail,
        hint: `The address is there but nothing listens: start the engine, or correct DOCKER_HOST. ${CONTEXTS} Or: ${otherwise}`,
      }
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { title, detail, hint: `The host's name is not known: correct DOCKER_HOST. ${CONTEXTS}` }
    default:
      return { title, detail, hint: `Look whether "docker version" answers, and what DOCKER_HOST says. ${CONTEXTS}` }
  }
}

/**
 * What is thrown for an engine call that failed: advice where the cause is the machine's or the user's, the error itself
 * where it is neither (a bug of ours, an abort).
 *
 * @param doing completes "could not …", as in `start a container`
 */
export function engineError(error: unknown, doing: string, address: string): Error {
  if (error instanceof UserError || !isError(error)) return asError(error)
  if (error.name === 'AbortError') return error
  const detail = messageOf(error)
  const advise = (title: string, hint: string) => new UserError({ title, detail, hint }, { cause: error })

  if (saysDiskFull(detail)) return diskFull(detail)
  if (error instanceof EngineTimeout)
    return advise(
      `The container engine did not ${doing}: ${error.message}`,
      'It is overloaded or hangs: look at its log, restart it and run again.',
    )
  if (/exec format error|does not match the specified platform/i.test(detail))
    return advise(
      'The container engine cannot run programs of this architecture',
      'Run on a machine of that architecture, or install emulation: the action docker/setup-qemu-action, or ' +
        'docker run --privileged --rm tonistiigi/binfmt --install all.',
    )
  if (/no such (container|exec)|is not running|is dead or marked for removal|container .* not found/i.test(detail))
    return advise(
      `The build container disappeared: the engine could not ${doing}`,
      'It was removed, ran out of memory, or the engine was restarted meanwhile. Run again.',
    )
  const { code, statusCode } = error as EngineFailure
  if (code !== undefined && ['ENOENT', 'EACCES', 'EPERM', 'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(code))
    return new UserError(unreachableProblem(error, address), { cause: error })
  if (code !== undefined || /socket hang up|premature close|aborted/i.test(detail))
    return advise(
      `The connection to the container engine broke: it could not ${doing}`,
      'The engine was stopped or restarted meanwhile. Look whether "docker version" answers, and run again.',
    )
  if (statusCode !== undefined)
    return advise(`The container engine could not ${doing}`, 'Its words are above; its log may say more.')
  return error
}

/** By shape: an error of another realm (a worker, a test's sandbox) is one too. */
export function isError(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'name' in value && 'message' in value
}

function codeOf(error: unknown): string | undefined {
  return isError(error) ? (error as EngineFailure).code : undefined
}

/** The engine's own words, without dockerode's frame around them. */
export function messageOf(error: unknown): string {
  if (!isError(error)) return String(error)
  const { json } = error as EngineFailure
  const text = json?.message ?? error.message.replace(/^\(HTTP code \d+\) .*? - /, '')
  return text.trim() || (codeOf(error) ?? error.name)
}

function asError(error: unknown): Error {
  return isError(error) ? error : new Error(String(error))
}

/** What to do when a program in the container failed while it prepared the image. */
export function stepAdvice(output: string): string {
  if (
    /certificate verify failed|CERTIFICATE_VERIFY_FAILED|SSLCertVerification|self[- ]signed|UnknownIssuer/i.test(output)
  )
    return 'The network re-signs TLS: name its certificate authority with ca-file.'
  if (
    /unable to locate package|no match for argument|no package .* available|unable to find a match|has no installation candidate/i.test(
      output,
    )
  )
    return 'Correct system-packages: the names are those of the image’s own distribution (dnf: libpq-devel; apt: libpq-dev).'
  if (
    /could not resolve|temporary failure|name resolution|network is unreachable|connection (refused|timed out)|could not fetch/i.test(
      output,
    )
  )
    return 'Containers of this engine need the network here: its DNS, its proxy (HTTPS_PROXY) or the index (PIP_INDEX_URL).'
  return 'The output above says why; --verbose shows all of it.'
}

export const lastLines = (text: string, count = 20): string => text.trim().split('\n').slice(-count).join('\n')
