// Stands in for ssh2, which needs native modules: the container engine is reached by its socket or by TCP.
exports.Client = class Client {
  constructor() {
    throw new Error('Container engines behind ssh:// are not supported: forward the socket and set DOCKER_HOST.')
  }
}
