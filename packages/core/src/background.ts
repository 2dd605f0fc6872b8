/**
 * Work that no answer waits for, such as telling a user's other connections. The work never rejects. A runtime that
 * stands still between two requests waits for it before it ends one; one machine just goes on.
 */
export type Background = (work: Promise<void>) => void
