/** The person who uses the app, as far as the app shows it. */
export type Account = {
  name: string
  /** Ends the session, and leaves the page. */
  signOut(): void
}
