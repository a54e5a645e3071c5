import { CommanderError } from 'commander'
import type { Invocation } from './cli-invocation.ts'
import { createProgram } from './cli-program.ts'

/**
 * The command line. What it consists of knows words only; what a command does is loaded when one is run, so that help and
 * mistakes are answered at once.
 */

/** Who reads JSON gets it for a mistake in the words too; commander has said it on standard error. */
function usageProblem({ code, message }: CommanderError): { title: string; hint?: string } {
  if (code === 'commander.help') return { title: 'A command is missing' }
  const [title = '', ...hint] = message.replace(/^error: /, '').split('\n')
  return { title, ...(hint.length > 0 ? { hint: hint.join(' ') } : {}) }
}

async function main(): Promise<void> {
  // Whoever reads may stop reading (`| head`): what is done goes on, and is only no longer told.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
  let invocation: Invocation | undefined
  const program = createProgram((started) => {
    invocation = started
  })
  try {
    program.parse()
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return
    if (process.argv.includes('--json')) {
      process.stdout.write(`${JSON.stringify({ error: [usageProblem(error)] }, null, 2)}\n`)
    }
    process.exitCode = 2
    return
  }
  if (!invocation) return
  const { run } = await import('./cli-run.ts')
  process.exitCode = await run(invocation)
}

void main()
