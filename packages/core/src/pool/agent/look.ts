import type { DiskModel, NodeReport } from "../node.ts"
import type { Ollama } from "./ollama.ts"
import { wordsOf } from "./ollama.ts"
import type { AgentSettings } from "./settings.ts"

/** What a server says of itself. */
export type Look = Pick<NodeReport, "healthy" | "error" | "version" | "loaded" | "disk">

/** Looks at one server. What is on its disk is remembered while it does not answer, for then nobody can have changed it. */
export class Lookout {
  readonly #ollama: Ollama
  readonly #settings: AgentSettings
  #disk: DiskModel[] = []

  constructor(ollama: Ollama, settings: AgentSettings) {
    this.#ollama = ollama
    this.#settings = settings
  }

  /** Throws only the signal's reason, when that is aborted. */
  async look(signal: AbortSignal): Promise<Look> {
    const { versionLimit, listLimit } = this.#settings
    try {
      const version = await this.#ollama.version({ signal, ms: versionLimit })
      const [loaded, disk] = await Promise.all([
        this.#ollama.memory({ signal, ms: listLimit }),
        this.#ollama.disk({ signal, ms: listLimit }),
      ])
      this.#disk = disk
      return { healthy: true, version, disk, ...(loaded !== undefined && { loaded }) }
    } catch (thrown) {
      if (signal.aborted) throw signal.reason
      return { healthy: false, error: `${wordsOf(thrown)}.`, loaded: [], disk: this.#disk }
    }
  }
}
