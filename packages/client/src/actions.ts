import type { Action } from "@omnichat/core/protocol/frame"
import { jittered } from "./clock.ts"
import type { Clock } from "./clock.ts"
import { ClientError } from "./errors.ts"
import type { Guard } from "./shape.ts"

type WithoutId<A> = A extends { id: string } ? Omit<A, "id"> : never
export type ActionFields = WithoutId<Exclude<Action, { action: "ping" }>>

export type ActionsHands = {
  clock: Clock
  /** The socket is open. */
  open(): boolean
  send(text: string): void
  /** Replaces the connection, with a fresh token. False when there is none to be had. */
  renew(): boolean
  /** There are more or fewer actions without an answer than before. */
  changed(): void
}

type Pending = {
  text: string
  large: boolean
  /** It outlives its connection: sent again on the next one. */
  lasting: boolean
  sent: boolean
  /** An earlier send had no answer, so it may have been done, and a refusal now does not mean that it was not. */
  unsure: boolean
  sends: number
  refusals: number
  /** Not to be sent before, by the server's word. */
  notBefore: number
  cancel: () => void
  answer(fields: unknown): void
  refuse(error: ClientError): void
}

/** Well below what the server takes in one message (protocol C5); larger input goes by HTTP. */
const messageLimit = 30_000
/** An action without an answer is sent again after this time (protocol A2), this often. */
const answerWithin = 10_000
const sendsAtMost = 6
/** `rate_limited` with a wait up to this long is waited for here; longer ones are the caller's to know. */
const waitAtMost = 5_000
const refusalsAtMost = 5

/** The actions that have no answer yet: sent, sent again, and sent on the next connection, until they have one. */
export class Actions {
  readonly #hands: ActionsHands
  readonly #pending = new Map<string, Pending>()
  #ids = 0
  /** A fresh token was asked for and has not been accepted yet. */
  #renewing = false

  constructor(hands: ActionsHands) {
    this.#hands = hands
  }

  get size(): number {
    return this.#pending.size
  }

  /**
   * The ack of an action. A lasting one is kept while there is no connection; another rejects with `offline` when the
   * connection is lost. `too_large`: it does not fit into a message.
   */
  request<T>(fields: ActionFields, guard: Guard<T>, { lasting }: { lasting: boolean }): Promise<T> {
    const id = `a${++this.#ids}`
    const text = JSON.stringify({ id, ...fields })
    if (bytes(text) > messageLimit)
      return Promise.reject(new ClientError("too_large", `${fields.action} is over ${messageLimit} bytes.`))
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        text,
        large: fields.action === "run.start",
        lasting,
        sent: false,
        unsure: false,
        sends: 0,
        refusals: 0,
        notBefore: 0,
        cancel: () => {},
        answer: (answer) => {
          if (guard(answer)) resolve(answer)
          else reject(new ClientError("internal", `The ack of ${fields.action} is not what this client can read.`))
        },
        refuse: reject,
      }
      this.#pending.set(id, pending)
      if (this.#hands.open()) this.#send(id, pending)
      this.#hands.changed()
    })
  }

  /** The socket is open: all that waited goes out. */
  up(): void {
    for (const [id, pending] of this.#pending) this.#send(id, pending)
  }

  /** The socket is gone. After 1009 the starts among what was sent are taken for what was too large. */
  down(code: number | undefined): void {
    for (const [id, pending] of [...this.#pending]) {
      pending.cancel()
      if (!pending.lasting) this.#settle(id)?.refuse(new ClientError("offline", "The connection was lost."))
      else if (code === 1009 && pending.sent && pending.large)
        this.#settle(id)?.refuse(new ClientError("too_large", "The server took the message for too large."))
      pending.unsure ||= pending.sent
      pending.sent = false
      pending.sends = 0
    }
  }

  ack(id: string, fields: unknown): void {
    this.#renewing = false
    this.#settle(id)?.answer(fields)
  }

  error(id: string, error: ClientError): void {
    const pending = this.#pending.get(id)
    if (!pending) return
    if (error.code === "unauthenticated" && !this.#renewing) {
      this.#renewing = this.#hands.renew()
      if (this.#renewing) return
    }
    const wait = error.code === "rate_limited" ? error.retryAfterMs : undefined
    const patient = pending.unsure || ++pending.refusals <= refusalsAtMost
    if (wait !== undefined && wait <= waitAtMost && patient) {
      pending.notBefore = this.#hands.clock.now() + jittered(this.#hands.clock, wait)
      this.#send(id, pending)
    } else this.#settle(id)?.refuse(error)
  }

  /** Refuses all that is pending. */
  fail(error: ClientError): void {
    for (const id of [...this.#pending.keys()]) this.#settle(id)?.refuse(error)
  }

  #send(id: string, pending: Pending): void {
    const { clock } = this.#hands
    pending.cancel()
    const wait = pending.notBefore - clock.now()
    if (wait > 0) {
      pending.cancel = clock.timer(wait, () => this.#send(id, pending))
      return
    }
    pending.sent = true
    pending.sends++
    this.#hands.send(pending.text)
    pending.cancel = clock.timer(jittered(clock, answerWithin), () => {
      pending.unsure = true
      if (pending.sends < sendsAtMost) this.#send(id, pending)
      else this.#settle(id)?.refuse(new ClientError("timeout", "The server gave no answer, though it was asked often."))
    })
  }

  #settle(id: string): Pending | undefined {
    const pending = this.#pending.get(id)
    if (!pending) return undefined
    pending.cancel()
    this.#pending.delete(id)
    this.#hands.changed()
    return pending
  }
}

function bytes(text: string): number {
  return text.length * 3 <= messageLimit ? text.length : new TextEncoder().encode(text).length
}
