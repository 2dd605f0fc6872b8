/** The numbers of an agent, in milliseconds unless the name says otherwise. */
export type AgentSettings = {
  /** How often it reports, and how often while a model is on its way. */
  beatEvery: number
  beatEveryBusy: number
  /** How long its Ollama may take to say that it is there, and to list its models. */
  versionLimit: number
  listLimit: number
  /** How long its machine may take to say what it is. */
  hostLimit: number
  /** A load is given up after a fixed time and what the slowest disk would take, in bytes a second. */
  loadLimit: { fixed: number; bytesPerSecond: number }
  evictLimit: number
  /** A download that says nothing for so long is given up. Checking a large file takes minutes. */
  pullSilence: number
  /** What a load is thought to take where none was seen yet. */
  bytesPerSecond: number
  /** How long a model stays in memory that nobody asks, as Ollama takes it; absent: as its server is set up. */
  keepAlive?: string | number
  /** The longest pause after reports that could not be written. */
  longestPause: number
  /** Its server is taken out of the pool when it ends in order. */
  saysGoodbye: boolean
}

const seconds = 1000
const minutes = 60 * seconds

export const defaultAgentSettings: AgentSettings = {
  beatEvery: 5 * seconds,
  beatEveryBusy: 1 * seconds,
  versionLimit: 2 * seconds,
  listLimit: 4 * seconds,
  hostLimit: 6 * seconds,
  loadLimit: { fixed: 5 * minutes, bytesPerSecond: 50e6 },
  evictLimit: 30 * seconds,
  pullSilence: 10 * minutes,
  bytesPerSecond: 300e6,
  longestPause: 10 * seconds,
  saysGoodbye: false,
}
