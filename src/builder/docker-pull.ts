import { UserError } from '../errors.ts'
import type { Architecture } from '../platform/target.ts'
import type { Reporter } from '../report/reporter.ts'
import { type Engine, engineCall } from './docker-engine.ts'
import { diskFull, EngineTimeout, messageOf, saysDiskFull } from './docker-errors.ts'

export interface Image {
  readonly id: string
  /** In Go's words: `amd64`, `arm64`. */
  readonly architecture: string
  readonly labels: Readonly<Record<string, string>>
}

export async function imageIfThere(engine: Engine, name: string): Promise<Image | undefined> {
  return engineCall(engine, `look for the image ${name}`, async () => {
    try {
      const { Id, Architecture, Config } = await engine.docker.getImage(name).inspect()
      const labels = Config.Labels as Readonly<Record<string, string>> | null
      return { id: Id, architecture: Architecture, labels: labels ?? {} }
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode === 404) return undefined
      throw error
    }
  })
}

/** The image by this name and for this architecture: as the engine has it, else pulled. */
export async function ensureBaseImage(
  engine: Engine,
  name: string,
  architecture: Architecture,
  { report, signal }: { report: Reporter; signal: AbortSignal | undefined },
): Promise<Image> {
  const wanted = architecture === 'arm64' ? 'arm64' : 'amd64'
  const local = await imageIfThere(engine, name)
  if (local?.architecture === wanted) return local
  await pull(engine, name, `linux/${wanted}`, { report, signal })
  const pulled = await imageIfThere(engine, name)
  if (pulled?.architecture === wanted) return pulled
  throw new UserError({
    title: `${name} is not published for ${architecture}`,
    detail: pulled ? `What was pulled is for ${pulled.architecture}.` : 'The engine does not have it after the pull.',
    hint: `Choose a base-image for linux/${wanted}, or the other architecture.`,
  })
}

const SILENCE_SECONDS = 180

/** One record of a pull's progress, in the engine's own JSON. */
interface PullRecord {
  readonly status?: string
  readonly id?: string
  readonly progress?: string
  readonly error?: string
}

async function pull(
  engine: Engine,
  name: string,
  platform: string,
  { report, signal }: { report: Reporter; signal: AbortSignal | undefined },
): Promise<void> {
  report.info(`Pull ${name} for ${platform}`)
  try {
    const reference = /[@]|:[^/]*$/.test(name) ? name : `${name}:latest`
    const stream = await engineCall(
      engine,
      `pull ${name}`,
      () => engine.docker.pull(reference, { platform, ...(signal && { abortSignal: signal }) }),
      SILENCE_SECONDS,
    )
    await followPull(engine, stream as PullStream, report)
  } catch (error) {
    signal?.throwIfAborted()
    const said = error instanceof UserError ? (error.detail ?? error.title) : messageOf(error)
    throw saysDiskFull(said) ? diskFull(said) : new UserError(pullProblem(name, platform, said), { cause: error })
  }
}

type PullStream = NodeJS.ReadableStream & { destroy(error?: Error): unknown }

/** Rejects for an error within the stream too: the engine has answered 200 by then. */
async function followPull(engine: Engine, stream: PullStream, report: Reporter): Promise<void> {
  let failure: string | undefined
  const fall = (): void => {
    stream.destroy(new EngineTimeout(SILENCE_SECONDS))
  }
  let silence = setTimeout(fall, SILENCE_SECONDS * 1000)
  try {
    await new Promise<void>((resolve, reject) => {
      engine.docker.modem.followProgress(
        stream,
        (error: Error | null) => {
          if (error) reject(error)
          else resolve()
        },
        (record: PullRecord) => {
          clearTimeout(silence)
          silence = setTimeout(fall, SILENCE_SECONDS * 1000)
          failure ??= record.error
          report.progress(['Pull', record.id, record.status, record.progress].filter(Boolean).join(' '))
        },
      )
      stream.once('error', reject)
    })
  } finally {
    clearTimeout(silence)
  }
  if (failure !== undefined) throw new Error(failure)
}

/** Why an image could not be had, in the registry's or engine's words, and what to do. */
export function pullProblem(
  name: string,
  platform: string,
  said: string,
): { title: string; detail: string; hint: string } {
  const title = `The image ${name} could not be pulled for ${platform}`
  const byHand = `Try by hand, which shows more and uses your sign-in: docker pull --platform ${platform} ${name}`
  if (
    /no such host|dial tcp|i\/o timeout|connection refused|TLS handshake|server misbehaving|no answer within/i.test(
      said,
    )
  )
    return {
      title,
      detail: said,
      hint: `The engine does not reach the registry: look at its network, proxy and DNS. ${byHand}. Or use builder: host.`,
    }
  if (/x509|certificate/i.test(said))
    return {
      title,
      detail: said,
      hint: `The engine does not trust the registry's certificate: give it your authority. ${byHand}`,
    }
  if (/unauthorized|denied|authentication required|no basic auth/i.test(said))
    return {
      title,
      detail: said,
      hint: `Sign in and pull it before (docker login, ${byHand.split(': ').at(-1) ?? ''}); expired sign-ins to public.ecr.aws fail too: docker logout public.ecr.aws.`,
    }
  if (/toomanyrequests|rate limit/i.test(said))
    return {
      title,
      detail: said,
      hint: `The registry limits anonymous pulls: sign in (docker login), or wait. ${byHand}`,
    }
  if (/manifest|not found|no matching/i.test(said))
    return { title, detail: said, hint: `Correct base-image: no such name or tag, or not for ${platform}. ${byHand}` }
  return { title, detail: said, hint: byHand }
}
