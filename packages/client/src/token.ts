/** An access token or API key; `lastsMs` is for how long from now it is good, in milliseconds, where that is known. */
export type Token = { text: string; lastsMs?: number }
