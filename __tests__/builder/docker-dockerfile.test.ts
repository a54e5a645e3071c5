import { expect, test } from '@jest/globals'
import { argumentsOf } from '../../src/builder/docker-dockerfile.ts'

test('no command shows the values of build arguments', () => {
  expect(argumentsOf({ TOKEN: 's3cret', HTTPS_PROXY: 'http://me:s3cret@proxy.example' })).toEqual({
    options: ['--build-arg', 'TOKEN', '--build-arg', 'HTTPS_PROXY'],
    env: { TOKEN: 's3cret', HTTPS_PROXY: 'http://me:s3cret@proxy.example' },
  })
})

test.each(['PATH', 'LD_PRELOAD', 'DOCKER_HOST', 'docker_config', 'BUILDX_BUILDER', 'GODEBUG', 'SSH_AUTH_SOCK', 'HOME'])(
  '%s is no variable of the docker command',
  (name) => {
    expect(argumentsOf({ [name]: 'x' })).toEqual({ options: ['--build-arg', `${name}=x`], env: {} })
  },
)

test.each(['PATHS', 'VERSION', 'GIT_TOKEN', 'SSH_KEY', 'DOCKER_PASSWORD', 'GOTOKEN'])('%s is one', (name) => {
  expect(argumentsOf({ [name]: 'x' }).env).toEqual({ [name]: 'x' })
})
