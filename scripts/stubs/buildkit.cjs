// Stands in for gRPC: dockerode needs it for BuildKit sessions only, which are never opened.
module.exports = {}
