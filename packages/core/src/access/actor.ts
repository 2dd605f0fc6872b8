/** Who is acting, set once at the edge. Data is looked up through the actor. */
export type Actor = {
  userId: string
  role: "owner"
  /** When the right to act ends, epoch milliseconds; absent where it does not. */
  expiresAt?: number
}
