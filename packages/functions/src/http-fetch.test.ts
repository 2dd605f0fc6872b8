import { getEventListeners, once } from "node:events"
import { type RequestListener, createServer } from "node:http"
import { type AddressInfo, type Socket, createServer as createTcpServer } from "node:net"
import { afterEach, expect, test } from "vitest"
import { createHttpFetch } from "./http-fetch.ts"

const endings: (() => unknown)[] = []
afterEach(async () => {
  for (const end of endings.splice(0)) await end()
})

async function serve(listener: RequestListener) {
  const server = createServer(listener)
  const sockets: Socket[] = []
  server.on("connection", (socket) => sockets.push(socket))
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  endings.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`, sockets, server }
}

const signal = () => new AbortController().signal
const get = (url: string, given = signal()) => createHttpFetch()(url, { method: "GET", signal: given })

test("sends the body and headers, gives status, headers and text", async () => {
  const { url } = await serve((request, response) => {
    const { "x-key": key, "content-length": length } = request.headers
    response.writeHead(418, { "Retry-After": "7" })
    response.write(`${request.method} ${request.url} ${String(key)} ${String(length)} `)
    request.pipe(response)
  })
  const headers = { "x-key": "k" }
  const response = await createHttpFetch()(url, { method: "POST", headers, body: "füßé", signal: signal() })
  expect(response.status).toBe(418)
  expect(response.headers.get("retry-after")).toBe("7")
  expect(response.headers.get("none")).toBeNull()
  expect(await response.text()).toBe("POST /x k 7 füßé")
})

test("a body comes as it is written", async () => {
  let write = (_: string) => {}
  let end = () => {}
  const { url } = await serve((_, response) => {
    write = (text) => void response.write(text)
    end = () => void response.end()
    response.flushHeaders()
  })
  const response = await get(url)
  const chunks = response.body?.[Symbol.asyncIterator]()
  for (const text of ["one", "two"]) {
    write(text)
    expect(String((await chunks?.next())?.value)).toBe(text)
  }
  end()
  expect((await chunks?.next())?.done).toBe(true)
})

test("a reader slower than the server gets everything", async () => {
  const piece = Buffer.alloc(64 * 1024, "x")
  const pieces = 400
  const { url } = await serve((_, response) => {
    for (let count = 0; count < pieces; count++) response.write(piece)
    response.end()
  })
  const response = await get(url)
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    await new Promise(setImmediate)
  }
  expect(bytes).toBe(pieces * piece.length)
})

test("aborting destroys the socket, before the response and in the middle of it", async () => {
  const { url, sockets, server } = await serve((request, response) => {
    if (request.url === "/x?answers") response.write("one")
  })
  for (const path of ["", "?answers"]) {
    const stop = new AbortController()
    const fetched = get(url + path, stop.signal)
    if (path === "") {
      await once(server, "request")
      stop.abort(new Error("by hand"))
      await expect(fetched).rejects.toThrow("by hand")
    } else {
      const response = await fetched
      const chunks = response.body?.[Symbol.asyncIterator]()
      await chunks?.next()
      const waiting = chunks?.next()
      stop.abort(new Error("by hand"))
      await expect(waiting).rejects.toThrow("by hand")
    }
    const socket = sockets.at(-1)
    if (!socket?.destroyed) await once(socket as Socket, "close")
  }
  expect(sockets).toHaveLength(2)
})

test("an aborted signal asks nothing", async () => {
  const { url, sockets } = await serve(() => {})
  await expect(get(url, AbortSignal.abort(new Error("before")))).rejects.toThrow("before")
  expect(sockets).toHaveLength(0)
})

test("what kept it from connecting is the cause, with Node's code", async () => {
  const { url, server } = await serve(() => {})
  server.close()
  await once(server, "close")
  await expect(get(url)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } })
})

test("a response that breaks off is an error, not an end", async () => {
  const { url } = await serve((_, response) => {
    response.write("half")
    setImmediate(() => response.destroy())
  })
  const response = await get(url)
  const read = async () => {
    for await (const _ of response.body ?? []) continue
  }
  await expect(read()).rejects.toMatchObject({ code: "ECONNRESET" })
})

test("a response that breaks off with nobody reading does not end the process", async () => {
  const { url, sockets } = await serve((_, response) => void response.write("half"))
  await get(url)
  const closed = once(sockets[0] as Socket, "close")
  sockets[0]?.destroy()
  await closed
})

test("a connection is kept when the response ends soon after its reader left", async () => {
  const { url, sockets } = await serve((_, response) => {
    response.write("last words")
    setImmediate(() => response.end())
  })
  const fetch = createHttpFetch()
  for (let opened = 0; opened < sockets.length || opened === 0;) {
    opened = sockets.length
    const response = await fetch(url, { method: "GET", signal: signal() })
    for await (const _ of response.body ?? []) break
  }
  expect(sockets[0]?.destroyed).toBe(false)
})

test("a connection is closed when the response goes on after its reader left", async () => {
  const { url, sockets } = await serve((_, response) => void response.write("first words"))
  const response = await get(url)
  for await (const _ of response.body ?? []) break
  await once(sockets[0] as Socket, "close")
})

test("an idle connection that the server closed as it was taken up again is replaced by a new one", async () => {
  let connections = 0
  const server = createTcpServer((socket) => {
    connections += 1
    let asked = 0
    socket.on("error", () => undefined)
    socket.on("data", () => {
      asked += 1
      if (asked > 1) socket.resetAndDestroy()
      else socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  endings.push(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const fetch = createHttpFetch()
  const text = async () => (await fetch(url, { method: "POST", body: "{}", signal: signal() })).text()
  expect(await text()).toBe("ok")
  await new Promise(setImmediate)
  expect(await text()).toBe("ok")
  expect(connections).toBe(2)
})

test("other protocols are refused", async () => {
  await expect(get("ftp://127.0.0.1/")).rejects.toThrow("ftp:")
})

test("any number of calls share a signal with one listener, and all end with it", async () => {
  const { url, sockets } = await serve((_, response) => void response.write("half"))
  const under = new AbortController()
  const fetch = createHttpFetch()
  const responses = await Promise.all(
    Array.from({ length: 20 }, () => fetch(url, { method: "GET", signal: under.signal })),
  )
  expect(getEventListeners(under.signal, "abort")).toHaveLength(1)
  const waiting = fetch(`${url}/more`, { method: "GET", signal: under.signal })
  const reason = new Error("left")
  under.abort(reason)
  for (const response of responses) await expect(response.text()).rejects.toBe(reason)
  await expect(waiting).rejects.toBe(reason)
  await Promise.all(sockets.map(async (socket) => socket.destroyed || once(socket, "close")))
})
