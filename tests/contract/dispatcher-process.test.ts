import { createLog } from "@omnichat/functions/log"
import { createDispatcher } from "@omnichat/local/dispatch"
import { describeDispatcher } from "./dispatcher.ts"

describeDispatcher("Dispatcher in this process", async () => {
  let deliver: (work: unknown) => void = () => {}
  const delivered = new Promise((resolve) => (deliver = resolve))
  let finish = () => {}
  const finished = new Promise<void>((resolve) => (finish = resolve))
  const dispatcher = createDispatcher(
    (work) => {
      deliver(work)
      return finished
    },
    createLog("silent", () => {}),
  )
  return { dispatcher, delivered: () => delivered, finish, close: () => dispatcher.idle() }
})
