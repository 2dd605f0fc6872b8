import type { Account } from "../runtime/account.ts"

/** Who is signed in, and the way out. */
export function AccountRow(props: { account: Account }) {
  return (
    <div class="account">
      <span class="name" title={props.account.name}>
        {props.account.name}
      </span>
      <button type="button" class="button plain" onClick={() => props.account.signOut()}>
        Sign out
      </button>
    </div>
  )
}
