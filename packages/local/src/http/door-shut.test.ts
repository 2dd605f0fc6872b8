import { once } from "node:events"
import { connect } from "node:net"
import { expect, it } from "vitest"
import { openDoor } from "./door.ts"

it("answers a request that was under way when it was shut as it would have before", async () => {
  const errors: string[] = []
  const quiet = () => undefined
  const log = { debug: quiet, info: quiet, warn: quiet, error: (event: string) => void errors.push(event) }
  const door = await openDoor({ host: "127.0.0.1", port: 0 }, log)
  let finishFirst = quiet as () => void
  let count = 0
  const firstCame = new Promise<void>((resolve) => {
    door.open({
      api: async (_request, response) => {
        count += 1
        if (count === 1) {
          resolve()
          await new Promise<void>((finish) => (finishFirst = finish))
        }
        response.end(`answer ${count}`)
      },
      page: () => Promise.resolve(),
      socket: quiet,
    })
  })

  const socket = connect(door.port, "127.0.0.1")
  let received = ""
  const secondCame = async (): Promise<void> => {
    while (count < 2 && errors.length === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  socket.setEncoding("utf8").on("data", (text: string) => (received += text))
  const request = `GET /api/chats HTTP/1.1\r\nHost: 127.0.0.1:${door.port}\r\n\r\n`
  socket.write(request)
  await firstCame
  door.shut()
  socket.write(request)
  await secondCame()
  finishFirst()
  await once(socket, "close")
  await door.close(0)

  expect(received).toContain("answer 2")
  expect(received).not.toContain(" 500 ")
  expect(errors).toEqual([])
})
