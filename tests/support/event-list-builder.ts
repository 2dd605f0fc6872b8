import type { EndMetadata, Event } from "@omnichat/core/protocol/event"
import type { MessageId } from "@omnichat/core/protocol/id"
import type { Move } from "./event-moves.ts"

type Block = { id: string; kind: "text" | "reasoning" }
type Call = { id: string; name: string; state: "input" | "waiting" | "approval" }
type Wish<K extends Move["kind"]> = Extract<Move, { kind: K }>

/** Turns wishes into events that are allowed where they stand; independent of the reducer and of the worker's own closing. */
export class EventListBuilder {
  readonly events: Event[] = []
  readonly #signature: string | undefined
  readonly #calledIds = new Set<string>()
  #blocks: Block[] = []
  #calls: Call[] = []
  #stepOpen = false

  constructor(signature: string | undefined) {
    this.#signature = signature
  }

  start(messageId: MessageId, model: string, createdAt: string): void {
    this.events.push({ type: "start", messageId, messageMetadata: { model, createdAt } })
  }

  move(wish: Move): void {
    switch (wish.kind) {
      case "say":
        return this.#say(wish)
      case "end-block":
        if (this.#blocks.length > 0) this.#endBlocks(this.#blocks.splice(wish.pick % this.#blocks.length, 1))
        return
      case "step":
        return this.#step()
      case "tool":
        return this.#tool(wish)
      case "tool-result":
        return this.#toolResult(wish)
      case "queue":
        return this.#queue(wish)
      case "file":
        this.events.push({ type: "file", url: "/api/files/fil_01J", mediaType: "image/png" })
        return
      case "source-url":
        this.events.push({
          type: "source-url",
          sourceId: "source-1",
          url: "https://example.org/",
          ...(wish.title === null ? {} : { title: wish.title }),
        })
        return
      case "source-document":
        this.events.push({
          type: "source-document",
          sourceId: "source-2",
          mediaType: "application/pdf",
          title: "A paper",
          ...(wish.filename === null ? {} : { filename: wish.filename }),
        })
    }
  }

  /** Protocol E4: blocks and calls are ended, then the step, then the facts, then the terminal event. */
  end(messageMetadata: EndMetadata, terminal: Event): void {
    this.#endBlocks(this.#blocks.splice(0))
    this.#endInputs()
    for (const { id } of this.#calls.splice(0)) {
      this.events.push({ type: "tool-output-error", toolCallId: id, errorText: "The answer ended." })
    }
    if (this.#stepOpen) this.events.push({ type: "finish-step" })
    this.events.push({ type: "message-metadata", messageMetadata }, terminal)
  }

  #say({ id, delta, reasoning }: Wish<"say">): void {
    const kind = reasoning ? "reasoning" : "text"
    if (!this.#blocks.some((block) => block.id === id && block.kind === kind)) {
      this.#blocks.push({ id, kind })
      this.events.push({ type: `${kind}-start`, id })
    }
    this.events.push({ type: `${kind}-delta`, id, delta })
  }

  #endBlocks(blocks: Block[]): void {
    for (const { id, kind } of blocks) {
      if (kind === "text") this.events.push({ type: "text-end", id })
      else if (this.#signature === undefined) this.events.push({ type: "reasoning-end", id })
      else
        this.events.push({
          type: "reasoning-end",
          id,
          providerMetadata: { bedrock: { signature: this.#signature } },
        })
    }
  }

  /** Blocks and inputs end before a step does; a call may wait for its output across steps. */
  #step(): void {
    this.#endBlocks(this.#blocks.splice(0))
    this.#endInputs()
    if (this.#stepOpen) this.events.push({ type: "finish-step" })
    this.events.push({ type: "start-step" })
    this.#stepOpen = true
  }

  #endInputs(): void {
    for (const { id, name } of this.#calls.filter((call) => call.state === "input")) {
      this.events.push({
        type: "tool-input-error",
        toolCallId: id,
        toolName: name,
        input: "half an in",
        errorText: "The input did not end.",
        dynamic: true,
      })
    }
    this.#calls = this.#calls.filter((call) => call.state !== "input")
  }

  #tool({ id, name, streamed, input, begun, available }: Wish<"tool">): void {
    if (this.#calledIds.has(id)) return
    this.#calledIds.add(id)
    const call = { toolCallId: id, toolName: name, dynamic: true } as const
    if (begun || available === "open") {
      this.events.push({ type: "tool-input-start", ...call })
      for (const inputTextDelta of streamed) {
        this.events.push({ type: "tool-input-delta", toolCallId: id, inputTextDelta })
      }
    }
    if (available === "open") {
      this.#calls.push({ id, name, state: "input" })
    } else if (available === "available") {
      this.events.push({ type: "tool-input-available", ...call, input })
      this.#calls.push({ id, name, state: "waiting" })
    } else {
      this.events.push({ type: "tool-input-error", ...call, input, errorText: "This is no input." })
    }
  }

  #toolResult({ pick, result, output }: Wish<"tool-result">): void {
    const ready = this.#calls.filter((call) => call.state !== "input")
    const call = ready[pick % ready.length]
    if (call === undefined) return
    const toolCallId = call.id
    if (result === "approval") {
      if (call.state === "approval") return
      call.state = "approval"
      this.events.push({ type: "tool-approval-request", approvalId: `approval-${toolCallId}`, toolCallId })
      return
    }
    this.#calls = this.#calls.filter((other) => other !== call)
    if (result === "available") this.events.push({ type: "tool-output-available", toolCallId, output })
    else if (result === "error") this.events.push({ type: "tool-output-error", toolCallId, errorText: "It failed." })
    else this.events.push({ type: "tool-output-denied", toolCallId })
  }

  #queue({ reason, position, progress, etaMs }: Wish<"queue">): void {
    this.events.push({
      type: "data-queue",
      data: {
        reason,
        ...(position === null ? {} : { position }),
        ...(progress === null ? {} : { progress }),
        ...(etaMs === null ? {} : { etaMs }),
      },
      transient: true,
    })
  }
}
