import type { Key } from "./table.ts"

/** Every key of the table, in one place. */
export const keys = {
  chat: (chatId: string): Key => ({ pk: `CHAT#${chatId}`, sk: "META" }),
  message: (chatId: string, messageId: string): Key => ({ pk: `CHAT#${chatId}`, sk: `MSG#${messageId}` }),
  listEntry: (userId: string, chatId: string): Key => ({ pk: `USER#${userId}`, sk: `CHAT#${chatId}` }),
  run: (runId: string): Key => ({ pk: `RUN#${runId}`, sk: "STATE" }),
  runRequest: (runId: string): Key => ({ pk: `RUN#${runId}`, sk: "REQUEST" }),
  runUsage: (userId: string, runId: string): Key => ({ pk: `USAGE#${userId}`, sk: `RUN#${runId}` }),
  /** The number is that of the batch's first event. */
  events: (runId: string, first: number): Key => ({ pk: `RUN#${runId}`, sk: eventsKey(first) }),
  active: (runId: string): Key => ({ pk: `ACTIVE#${shardOf(runId)}`, sk: `RUN#${runId}` }),
  connection: (connectionId: string): Key => ({ pk: `CONN#${connectionId}`, sk: "STATE" }),
  userConnection: (userId: string, connectionId: string): Key => ({ pk: `USER#${userId}`, sk: `CONN#${connectionId}` }),
  file: (fileId: string): Key => ({ pk: `FILE#${fileId}`, sk: "META" }),
  /** That a chat names the file: once to be found from either of them. */
  fileInChat: (fileId: string, chatId: string): Key => ({ pk: `FILE#${fileId}`, sk: `CHAT#${chatId}` }),
  chatsFile: (chatId: string, fileId: string): Key => ({ pk: `CHAT#${chatId}`, sk: `FILE#${fileId}` }),
  /** A file that is looked at once more, in the order in which files are made. */
  unsettledFile: (fileId: string): Key => ({ pk: "JOB#files", sk: `FILE#${fileId}` }),
  /** What the pool knows of itself: who drives it, how far its line has come, whether a server is being started. */
  pool: (): Key => ({ pk: "POOL", sk: "STATE" }),
  poolNode: (nodeId: string): Key => ({ pk: "POOL", sk: `NODE#${nodeId}` }),
  poolWaiting: (runId: string): Key => ({ pk: "POOL", sk: `WAIT#${runId}` }),
  /** Which models Bedrock has, as the schedule was told last. */
  bedrockModels: (): Key => ({ pk: "MACHINE", sk: "BEDROCK" }),
  /** A call through the proxy: whether its caller still wants it. */
  poolCall: (callId: string): Key => ({ pk: `CALL#${callId}`, sk: "STATE" }),
  purge: (chatId: string): Key => ({ pk: "JOB#purge", sk: `CHAT#${chatId}` }),
}

/** The partitions of the index. */
export const indexes = {
  chats: (userId: string): string => `USER#${userId}#chats`,
}

export const eventsPrefix = "EVT#"
export const eventsKey = (first: number): string => `${eventsPrefix}${String(first).padStart(8, "0")}`

export const activeShards = [0, 1, 2, 3].map((shard) => `ACTIVE#${shard}`)

const shardOf = (runId: string): number => runId.charCodeAt(runId.length - 1) % activeShards.length
