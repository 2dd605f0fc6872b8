/**
 * A world in which nothing happens by itself: every effect of the code under test (a write that arrives, a reply, a frame
 * that is delivered, a timer) is a step that waits until the schedule picks it. Time passes only when a timer is picked.
 */
export type Decide = (choices: number) => number

export type Step = {
  label: string
  /** Whose step it is; a crashed process takes no more steps, a frozen one none until it thaws. */
  process: Process
  run: () => void
  /** The step must be taken within this time, or the world is not free of faults. */
  before: number
}
type Timer = { at: number; process: Process; fire: () => void; order: number }

export class Process {
  readonly name: string
  state: "running" | "frozen" | "crashed" = "running"

  constructor(name: string) {
    this.name = name
  }
}

export class World {
  /** Virtual epoch milliseconds. */
  time = 1_700_000_000_000
  readonly trace: string[] = []
  readonly #decide: Decide
  /** How long a step may wait, in virtual milliseconds. */
  readonly #patience: number
  #steps: Step[] = []
  #timers: Timer[] = []
  #order = 0

  constructor(decide: Decide, patience: number) {
    this.#decide = decide
    this.#patience = patience
  }

  decide(choices: number): number {
    return choices <= 1 ? 0 : this.#decide(choices)
  }

  /** Adds a step to be picked. */
  add(label: string, process: Process, run: () => void): void {
    if (process.state === "crashed") return
    this.#steps.push({ label, process, run, before: this.time + this.#patience })
  }

  timer(process: Process, ms: number, fire: () => void): () => void {
    const timer = { at: this.time + Math.max(0, ms), process, fire, order: this.#order++ }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  crash(process: Process): void {
    process.state = "crashed"
    this.#steps = this.#steps.filter((step) => step.process !== process)
    this.#timers = this.#timers.filter((timer) => timer.process !== process)
  }

  /** Takes one step; false when nothing can happen any more. */
  async turn(): Promise<boolean> {
    await settled()
    const steps = this.#steps.filter((step) => step.process.state === "running")
    const timer = this.#nextTimer(steps)
    const choices = steps.length + (timer ? 1 : 0)
    if (choices === 0) return false
    const choice = this.decide(choices)
    const step = steps[choice]
    if (step) {
      this.#steps.splice(this.#steps.indexOf(step), 1)
      this.note(step.process, step.label)
      step.run()
    } else if (timer) {
      this.#timers.splice(this.#timers.indexOf(timer), 1)
      this.time = Math.max(this.time, timer.at)
      timer.fire()
    }
    await settled()
    return true
  }

  note(process: Process, label: string): void {
    this.trace.push(`${String(this.time - 1_700_000_000_000).padStart(6)} ${process.name}: ${label}`)
  }

  /** The next timer, if every waiting step can still be taken in its time after it. */
  #nextTimer(steps: Step[]): Timer | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.process.state !== "running") continue
      if (!next || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer
    }
    return next && steps.some((step) => step.before < (next as Timer).at) ? undefined : next
  }
}

/** All that follows from the last step without another one. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
