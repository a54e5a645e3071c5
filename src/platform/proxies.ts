import http from 'node:http'
import type { Problem } from '../errors.ts'

/**
 * Nobody means a proxy for what is on this machine: emulators, services of a job, and what gives it its credentials. A proxy would
 * read those, or answer with its own (Amazon EC2 user guide, "Instance metadata"; Amazon ECS and EKS, "Task IAM role", "Pod Identity").
 */
const ON_THIS_MACHINE = [
  ...['localhost', '127.0.0.1', '::1'],
  ...['169.254.169.254', 'fd00:ec2::254', '169.254.170.2', '169.254.170.23', 'fd00:ec2::23'],
]

/**
 * From here on requests of this process go by the proxies that its variables name (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`,
 * also in lower case), as other programs' do. Node's documentation, "Built-in Proxy Support".
 *
 * @returns why they are not used, where that is so
 */
export function useProxies(environment: Readonly<Record<string, string | undefined>>): Problem | undefined {
  const given = (name: string): string | undefined => environment[name] || environment[name.toUpperCase()] || undefined
  const proxies = (['https_proxy', 'http_proxy'] as const).flatMap((name) => {
    const proxy = given(name)
    return proxy === undefined ? [] : [{ name, address: proxyAddress(proxy) }]
  })
  const names = proxies.map(({ name }) => name.toUpperCase()).join(' and ')
  if (proxies.length === 0) return undefined
  if (!('setGlobalProxyFromEnv' in http)) {
    return {
      title: `${names} cannot be used for AWS and GitHub by this version of Node`,
      hint: 'Use Node 24.14 or later, which current runners of GitHub have.',
    }
  }
  if (proxies.some(({ address }) => address === undefined)) {
    return {
      title: `${names} cannot be used for AWS and GitHub: that is no address of an HTTP proxy`,
      hint: 'Allowed: an address as in http://proxy.example.org:3128',
    }
  }
  http.setGlobalProxyFromEnv({
    ...Object.fromEntries(proxies.map(({ name, address }) => [name, address])),
    no_proxy: [given('no_proxy'), ...ON_THIS_MACHINE].filter(Boolean).join(','),
  })
  return undefined
}

/** Other programs take `proxy.example.org:3128` too. */
function proxyAddress(given: string): string | undefined {
  const address = given.includes('://') ? given : `http://${given}`
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol) ? address : undefined
}
