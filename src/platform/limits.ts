/** Quotas of Lambda. Source: AWS Lambda developer guide, "Lambda quotas"; of texts its API reference. */
export const LIMITS = {
  /** A zip sent within the request itself. */
  directUploadBytes: 50 * 1024 * 1024,
  /** Code and layers, unpacked. */
  unzippedBytes: 262_144_000,
  /** All environment variables of a function, names and values. */
  environmentBytes: 4096,
  /** Of one function. */
  layers: 5,
  /** Of a function, a version or an alias. */
  descriptionCharacters: 256,
} as const
