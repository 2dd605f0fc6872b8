/** Who is acting, set once at the edge. Data is looked up through the actor. */
export type Actor = {
  userId: string
  role: Role
  /** When the right to act ends, epoch milliseconds; absent where it does not. */
  expiresAt?: number
}

/** `admin` runs this service; `pending` has an account that an admin has not let in yet, and may do nothing. */
export type Role = "admin" | "user" | "pending"
