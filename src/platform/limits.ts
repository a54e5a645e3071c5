/** Quotas of Lambda in bytes. Source: AWS Lambda developer guide, "Lambda quotas". */
export const LIMITS = {
  /** A zip sent within the request itself. */
  directUploadBytes: 50 * 1024 * 1024,
  /** Code and layers, unpacked. */
  unzippedBytes: 262_144_000,
  /** All environment variables of a function, names and values. */
  environmentBytes: 4096,
  /** Of one function. */
  layers: 5,
} as const
