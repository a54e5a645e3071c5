import { UserError } from '../../errors.ts'
import type { Values } from '../../settings/schema.ts'

/** Asks for the account only where accounts are named. @throws UserError in any other than those, before anything is done. */
export async function checkAccount(
  { allowedAccountIds }: Pick<Values, 'allowedAccountIds'>,
  readAccount: () => Promise<string>,
): Promise<void> {
  if (allowedAccountIds.length === 0) return
  const account = await readAccount()
  if (allowedAccountIds.includes(account)) return
  throw new UserError({
    title: `The credentials are of the account ${account}, and allowed-account-ids has ${allowedAccountIds.join(', ')}`,
    detail: 'Nothing was done.',
    hint: 'Use credentials of that account (AWS_PROFILE, or the role of the workflow), or add the account to allowed-account-ids.',
  })
}
