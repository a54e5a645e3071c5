/** A part of a larger object: what an upload holds in memory is bounded by it, and the object's ETag is made of them. */
export const PART_BYTES = 8 * 1024 * 1024
