import { ulid } from "ulid"
import { type BenchClient, openClient } from "./lib/client.ts"
import type { Bench } from "./lib/row.ts"
import { withScene } from "./lib/scene.ts"
import { median } from "./lib/statistics.ts"
import { sevenCharacters } from "./lib/upstream.ts"

const connections = 20
/** Questions under way on a connection while the list is filled. */
const abreast = 5
const readings = 30

/** A person with a long history: the first page of the list, and a long chat being opened, as the server answers. */
export const longHistory: Bench = ({ quick }) => {
  const chats = quick ? 500 : 10_000
  const messages = quick ? 200 : 2000
  return withScene({ pieces: sevenCharacters, intervalMs: 0 }, async ({ server }) => {
    const chatId = `cht_${ulid()}`
    const clients = await Promise.all(Array.from({ length: connections }, () => openClient(server.url)))
    await fillList(clients, chats)
    await fillChat(clients, chatId, messages)
    for (const client of clients) client.close()

    const chat = `${server.url}/api/chats/${chatId}`
    const list = await timeOf(() => read(`${server.url}/api/chats?limit=50`))
    // What the web app asks for when a chat is opened, and what a program asks for that wants all of it.
    const open = await timeOf(() => Promise.all([read(chat), read(`${chat}/messages?limit=50`)]))
    const whole = await timeOf(() => readAll(`${chat}/messages?limit=200`))
    return [
      {
        figure: `first page of the list with ${format(chats)} chats, on the server (median of ${readings})`,
        measured: `${list.toFixed(1)} ms`,
        goal: "≤ 20 ms",
        reached: list <= 20,
      },
      {
        figure: `opening a chat of ${format(messages)} messages, on the server (median of ${readings})`,
        measured: `${open.toFixed(1)} ms as the app opens it; all its messages ${whole.toFixed(1)} ms`,
        goal: "≤ 50 ms",
        reached: open <= 50,
        notes: ["The app opens a chat with its newest 50 messages; all of them is pages of 200, one after the other."],
      },
    ]
  })
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let at = -3; at < readings; at++) {
    const began = performance.now()
    await work()
    if (at >= 0) times.push(performance.now() - began)
  }
  return median(times)
}

async function read(url: string): Promise<string> {
  const answer = await fetch(url)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text}`)
  return text
}

async function readAll(url: string): Promise<void> {
  let next: string | undefined = ""
  while (next !== undefined) {
    const page: string = await read(next === "" ? url : `${url}&cursor=${encodeURIComponent(next)}`)
    next = (JSON.parse(page) as { next?: string }).next
  }
}

/** Chats of one question each, asked over all connections. */
async function fillList(clients: BenchClient[], chats: number): Promise<void> {
  let asked = 0
  const askOn = async (client: BenchClient): Promise<void> => {
    while (asked < chats) {
      asked += 1
      await client.ask({ text: `stream ${asked} of a long history, 1 pieces` })
    }
  }
  await Promise.all(clients.flatMap((client) => Array.from({ length: abreast }, () => askOn(client))))
}

/** One turn after the other in one chat. */
async function fillChat([client]: BenchClient[], chatId: string, messages: number): Promise<void> {
  for (let turn = 1; turn <= messages / 2; turn++) {
    await client?.ask({
      chatId,
      text: `stream ${turn} of a long chat, 20 pieces. ${"Words of a question. ".repeat(10)}`,
    })
  }
}

const format = (count: number): string => count.toLocaleString("en")
