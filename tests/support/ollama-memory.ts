/** What it has to know of a model. */
type MemoryModel = { name: string; loaded?: boolean; load?: () => Promise<void> }

/** The options by which a server starts what computes a model: with others it is loaded again. */
const ofTheRunner = ["num_ctx", "num_batch", "num_gpu", "main_gpu", "use_mmap", "num_thread"]

export function runnerOptions(body: unknown): string {
  const { options = {} } = body as { options?: Record<string, unknown> }
  return JSON.stringify(ofTheRunner.map((name) => options[name] ?? null))
}

type Load = { options: string; askers: number; done: Promise<void>; abandon: () => void }

/**
 * What a stand-in for Ollama has in memory. Loads come one after the other; all who wait for the same share one, and it is
 * broken off when the last of them leaves.
 */
export class OllamaMemory {
  /** Every load that was begun, by the model's name. */
  readonly loads: string[] = []
  readonly #loaded = new Map<string, string>()
  readonly #unloaded = new Set<string>()
  readonly #loading = new Map<string, Load>()
  #line: Promise<unknown> = Promise.resolve()

  /** In memory, or on its way there: Ollama lists both. */
  has({ name, loaded = false }: MemoryModel): boolean {
    if (this.#loaded.has(name) || this.#loading.has(name)) return true
    return loaded && !this.#unloaded.has(name)
  }

  unload({ name }: MemoryModel): void {
    this.#loaded.delete(name)
    this.#unloaded.add(name)
  }

  /** Resolves when it is there, or nobody waits for it any more. Rejects when the load failed. */
  async load(model: MemoryModel, options: string, left: Promise<unknown>): Promise<void> {
    if (model.loaded && !this.#unloaded.has(model.name) && !this.#loaded.has(model.name)) {
      this.#loaded.set(model.name, runnerOptions({}))
    }
    if (this.#loaded.get(model.name) === options) return
    const load = this.#loading.get(model.name) ?? this.#begin(model, options)
    load.askers += 1
    void left.then(() => {
      load.askers -= 1
      if (load.askers === 0) load.abandon()
    })
    await load.done
  }

  #begin(model: MemoryModel, options: string): Load {
    this.loads.push(model.name)
    this.#loaded.delete(model.name)
    let abandon = () => {}
    const abandoned = new Promise<"abandoned">((resolve) => (abandon = () => resolve("abandoned")))
    const turn = this.#line
    const run = async () => {
      try {
        await Promise.race([turn, abandoned])
        const how = await Promise.race([model.load?.(), abandoned])
        if (how === "abandoned") return
        this.#loaded.set(model.name, options)
        this.#unloaded.delete(model.name)
      } finally {
        this.#loading.delete(model.name)
      }
    }
    const load: Load = { options, askers: 0, done: run(), abandon }
    this.#line = load.done.catch(() => undefined) // whoever waits for it is told
    this.#loading.set(model.name, load)
    return load
  }
}
