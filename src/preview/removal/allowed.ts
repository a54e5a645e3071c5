import { isAccessDenied } from '../../aws/errors.ts'

/** Undefined where the credentials may not look: they have made no such thing either. */
export async function whereAllowed<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (isAccessDenied(error)) return undefined
    throw error
  }
}
