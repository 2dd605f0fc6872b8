/** Hints that something of the pool changed; with a slash and a node's id, that something is wanted of that node. */
export const poolTopic = "pool"
