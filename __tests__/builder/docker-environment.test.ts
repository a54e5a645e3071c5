import { expect, test } from '@jest/globals'
import { AUTHORITIES_INSIDE, environmentInside, withOnly } from '../../src/builder/docker-environment.ts'

const inside = (environment: Record<string, string>) => environmentInside(environment, { hasAuthorities: false })

test('settings of pip, uv and proxies go along, and nothing else', () => {
  const { env } = inside({
    PIP_INDEX_URL: 'https://user:secret@index.example/simple',
    UV_INDEX_COMPANY_PASSWORD: 'secret',
    https_proxy: 'http://proxy.example:3128',
    NO_PROXY: 'localhost',
    PATH: '/usr/bin',
    HOME: '/home/me',
    AWS_SECRET_ACCESS_KEY: 'secret',
    GITHUB_TOKEN: 'secret',
    PIPELINE: 'x',
  })
  expect(env).toEqual({
    PIP_INDEX_URL: 'https://user:secret@index.example/simple',
    UV_INDEX_COMPANY_PASSWORD: 'secret',
    https_proxy: 'http://proxy.example:3128',
    NO_PROXY: 'localhost',
    UV_PYTHON_DOWNLOADS: 'never',
  })
})

test.each([
  ['PIP_CERT', '/etc/ssl/company.pem'],
  ['PIP_FIND_LINKS', '/opt/wheels'],
  ['UV_CACHE_DIR', '~/.cache/uv'],
  ['PIP_CONFIG_FILE', 'C:\\pip.ini'],
  ['PIP_CONSTRAINT', './constraints.txt'],
  ['UV_FIND_LINKS', 'file:///opt/wheels'],
])('%s=%s names a file of this machine, and stays here', (name, value) => {
  expect(inside({ [name]: value })).toEqual({ env: { UV_PYTHON_DOWNLOADS: 'never' }, dropped: [name] })
})

test('a certificate authority is named to every program that has its own way to find one', () => {
  const { env } = environmentInside({ PIP_CERT: '/here.pem' }, { hasAuthorities: true })
  expect(env).toMatchObject({ SSL_CERT_FILE: AUTHORITIES_INSIDE, PIP_CERT: AUTHORITIES_INSIDE })
})

test('the command that replaces the environment has names in it and no values', () => {
  const command = withOnly(['DATABASE_URL', 'DEBUG'], ['python3', 'check.py'], '/var/lang/bin/python3.13')
  expect(command.slice(0, 3)).toEqual(['/var/lang/bin/python3.13', '-I', '-S'])
  expect(command.slice(-3)).toEqual(['PATH LD_LIBRARY_PATH DATABASE_URL DEBUG', 'python3', 'check.py'])
})
