import http from 'node:http'
import https from 'node:https'
import { afterEach, expect, test } from '@jest/globals'
import { clientConfig } from '../../src/aws/client-config.ts'
import { useProxies } from '../../src/platform/proxies.ts'

const agents = { http: http.globalAgent, https: https.globalAgent }
afterEach(() => {
  http.setGlobalProxyFromEnv({}) // Of fetch, too.
  http.globalAgent = agents.http
  https.globalAgent = agents.https
})

const PROXY = 'http://proxy.example.org:3128'
// Where a machine, a container and a pod get their credentials from.
const CREDENTIALS = '169.254.169.254,fd00:ec2::254,169.254.170.2,169.254.170.23,fd00:ec2::23'

test.each([
  ['HTTPS_PROXY', { HTTPS_PROXY: PROXY }, { https_proxy: PROXY }],
  ['lower case, which wins', { HTTPS_PROXY: 'http://other', https_proxy: PROXY }, { https_proxy: PROXY }],
  ['no scheme', { http_proxy: 'proxy.example.org:3128' }, { http_proxy: PROXY }],
])('%s is used for what is not on this machine', (_, environment, used) => {
  expect(useProxies({ ...environment, NO_PROXY: '.example.org' })).toBeUndefined()
  const proxyEnv = { ...used, no_proxy: `.example.org,localhost,127.0.0.1,::1,${CREDENTIALS}` }
  const { requestHandler } = clientConfig('1.0.0', { connectionTimeout: 5 })
  expect(requestHandler).toMatchObject({
    connectionTimeout: 5,
    httpsAgent: { options: { proxyEnv } },
    httpAgent: { options: { proxyEnv } },
  })
  // What is not an agent, the SDK leaves for one of its own where an upload asks first (Expect: 100-continue).
  expect(requestHandler && 'httpsAgent' in requestHandler && requestHandler.httpsAgent).toBeInstanceOf(https.Agent)
})

test.each([{}, { HTTPS_PROXY: '' }, { NO_PROXY: '*' }])('without one nothing changes: %j', (environment) => {
  expect(useProxies(environment)).toBeUndefined()
  expect(https.globalAgent).toBe(agents.https)
  expect(clientConfig('1.0.0')).toEqual({ customUserAgent: [['wsgi-lambda', '1.0.0']] })
})

test.each(['socks5://user:secret@proxy.example.org', 'http://', 'not an address'])(
  'what is no address of a proxy is said, without its password: %s',
  (address) => {
    const problem = useProxies({ HTTPS_PROXY: address, HTTP_PROXY: PROXY })
    expect(problem?.title).toBe(
      'HTTPS_PROXY and HTTP_PROXY cannot be used for AWS and GitHub: that is no address of an HTTP proxy',
    )
    expect(JSON.stringify(problem)).not.toContain('secret')
    expect(https.globalAgent).toBe(agents.https)
  },
)
