import http, { Agent as HttpAgent } from 'node:http'
import https, { Agent as HttpsAgent } from 'node:https'

/** As AWS's SDK has it without a proxy. */
const MOST_SOCKETS = 50

/** How long a client waits, as its SDK names it; milliseconds. */
interface Patience {
  readonly connectionTimeout?: number
  readonly socketTimeout?: number
  readonly requestTimeout?: number
  readonly throwOnRequestTimeout?: boolean
}

/** What each client has: our name, and the way out of this process, which may be a proxy. @param version this program's */
export function clientConfig(version: string, patience?: Patience) {
  const customUserAgent: [string, string][] = [['wsgi-lambda', version]]
  const agents = proxyAgents()
  return { customUserAgent, ...((agents ?? patience) && { requestHandler: { ...agents, ...patience } }) }
}

/** The SDK has agents of its own, which know nothing of the proxies that this process uses; undefined where it uses none. */
function proxyAgents(): { readonly httpAgent: HttpAgent; readonly httpsAgent: HttpsAgent } | undefined {
  const plain = http.globalAgent as HttpAgent & Pick<HttpsAgent, 'options'>
  const proxyEnv = https.globalAgent.options.proxyEnv ?? plain.options.proxyEnv
  if (proxyEnv === undefined) return undefined
  const options = { keepAlive: true, maxSockets: MOST_SOCKETS, proxyEnv }
  return { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) }
}
