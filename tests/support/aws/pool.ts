import { newRequestId } from "./instance.ts"
import type { Instance, Job, Outcome, Spawned } from "./instance.ts"

/** A function as it is deployed. */
export type FunctionOptions = {
  /** Has `index.mjs` in it. */
  folder: string
  environment: Record<string, string>
  timeoutMs: number
  /** A module that is loaded before the function. */
  preload?: string
  /** How many events at a time. More wait for their turn. */
  most: number
  /** Of asynchronous calls. */
  retry?: Retry
}

export type Retry = {
  /** A call that has waited for longer is given up. */
  maximumAgeMs: number
  /** Before the second and the third attempt; AWS waits a minute, then two. */
  delaysMs: number[]
  /** The function that is told of what failed to the end. */
  onFailure?: string
}

export type Invocation = { id: string; outcome: Promise<Outcome> }

/** The processes of one function: as many as there are events at a time, used again when they are free. */
export class Pool {
  readonly name: string
  readonly options: FunctionOptions
  readonly instances = new Set<Instance>()
  readonly #idle: Instance[] = []
  readonly #waiting: Job[] = []
  readonly #spawn: (given: Pick<Spawned, "onIdle" | "onGone">) => Instance
  /** Milliseconds that events took in processes that are no more. */
  #spentMs = 0
  invocations = 0
  readonly #called = new Set<() => void>()
  #warmed: (() => void) | undefined

  constructor(
    name: string,
    options: FunctionOptions,
    spawn: (pool: Pool, given: Pick<Spawned, "onIdle" | "onGone">) => Instance,
  ) {
    this.name = name
    this.options = options
    this.#spawn = (given) => spawn(this, given)
  }

  get arn(): string {
    return `arn:aws:lambda:us-east-1:123456789012:function:${this.name}`
  }

  /** Milliseconds that all events took until now. */
  get busyMs(): number {
    return [...this.instances].reduce((sum, { busyMs }) => sum + busyMs, this.#spentMs)
  }

  invoke(payload: string): Invocation {
    const id = newRequestId()
    this.invocations += 1
    const outcome = new Promise<Outcome>((settle) => {
      const job = { id, payload, arn: this.arn, timeoutMs: this.options.timeoutMs, settle }
      const idle = this.#idle.pop()
      if (idle !== undefined) return idle.give(job)
      if (this.instances.size >= this.options.most) return void this.#waiting.push(job)
      this.#start().give(job)
    })
    for (const called of this.#called) called()
    this.#called.clear()
    return { id, outcome }
  }

  /** Resolves when a first process waits for events. */
  warm(): Promise<void> {
    return new Promise((resolve) => {
      this.#warmed = resolve
      this.#start()
    })
  }

  /** Resolves when the next event has come. */
  nextInvocation(): Promise<void> {
    return new Promise((resolve) => this.#called.add(resolve))
  }

  /** As when AWS loses what they run on. */
  async kill(which: (instance: Instance) => boolean = () => true): Promise<number> {
    const killed = [...this.instances].filter(which)
    await Promise.all(killed.map((instance) => instance.kill()))
    return killed.length
  }

  #start(): Instance {
    const instance = this.#spawn({
      onIdle: (free) => {
        this.#warmed?.()
        const next = this.#waiting.shift()
        if (next === undefined) this.#idle.push(free)
        else free.give(next)
      },
      onGone: (gone) => {
        this.instances.delete(gone)
        this.#spentMs += gone.busyMs
        const at = this.#idle.indexOf(gone)
        if (at >= 0) this.#idle.splice(at, 1)
        const next = this.#waiting.shift()
        if (next !== undefined) this.#start().give(next)
      },
    })
    this.instances.add(instance)
    return instance
  }
}
