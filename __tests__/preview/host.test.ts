import { expect, test } from '@jest/globals'
import { hostOf, isGitLab } from '../../src/preview/host.ts'

const GITLAB = { GITLAB_CI: 'true' }

test.each([
  ['GitHub', { GITHUB_SERVER_URL: 'https://github.com' }, 'github.com'],
  ['a server of GitHub of their own', { GITHUB_SERVER_URL: 'https://Git.Example.com:8443/' }, 'git.example.com:8443'],
  ['a laptop', {}, 'github.com'],
  ['a laptop that names the API', { GITHUB_API_URL: 'https://api.github.com' }, 'github.com'],
  ['one that names that of a company', { GITHUB_API_URL: 'https://api.acme.ghe.com' }, 'acme.ghe.com'],
  ['one that names that of a server of their own', { GITHUB_API_URL: 'https://git.acme.com/api/v3' }, 'git.acme.com'],
  ['GitLab', { ...GITLAB, CI_SERVER_URL: 'https://gitlab.com' }, 'gitlab.com'],
  ['a GitLab below a path', { ...GITLAB, CI_SERVER_URL: 'https://acme.com/git/' }, 'acme.com/git'],
  ['a GitLab that tells only its host', { ...GITLAB, CI_SERVER_HOST: 'git.acme.com' }, 'git.acme.com'],
  ['an address that a tag cannot have', { GITHUB_SERVER_URL: 'https://[::1]:3000' }, '_::1_:3000'],
  ['nothing that makes sense', { GITHUB_SERVER_URL: 'github' }, ''],
  ['a GitLab that tells nothing', GITLAB, ''],
])('the host of %s', (_, variables, host) => {
  expect(hostOf(variables)).toBe(host)
})

test('a step of a GitHub run cannot make it one of GitLab', () => {
  const variables = { GITHUB_ACTIONS: 'true', ...GITLAB, CI_SERVER_URL: 'https://gitlab.com' }
  expect([isGitLab(variables), hostOf(variables)]).toEqual([false, 'github.com'])
})
