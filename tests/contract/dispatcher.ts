import type { Dispatcher } from "@omnichat/core/run/dispatcher"
import { afterEach, beforeEach, describe, expect, it } from "vitest"

export type OpenedDispatcher = {
  dispatcher: Dispatcher
  /** What the worker was called with, as soon as it is; it takes as long as `finish` is not called. */
  delivered(): Promise<unknown>
  finish(): void
  close(): Promise<void>
}

/** The contract of the Dispatcher port. Run by every adapter. */
export function describeDispatcher(name: string, open: () => Promise<OpenedDispatcher>): void {
  describe(name, () => {
    const work = { runId: "run_01ARZ3NDEKTSV4RRFFQ69G5FAV", turn: 3 } as const
    let opened: OpenedDispatcher
    beforeEach(async () => {
      opened = await open()
    })
    afterEach(() => opened.close())

    it("brings the work to a worker, and does not wait until it is done", async () => {
      await opened.dispatcher.dispatch(work)
      expect(await opened.delivered()).toEqual(work)
      opened.finish()
    })
  })
}
