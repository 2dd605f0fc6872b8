import { join } from "node:path"
import { openSqliteTable } from "@omnichat/local/sqlite/open"
import { closedAddress } from "../../support/model-server.ts"
import { startOllamaStandIn } from "../../support/ollama-stand-in.ts"
import type { OllamaModel, OllamaStandIn } from "../../support/ollama-stand-in.ts"
import { answersPath, askedOf } from "../../support/ollama-upstream.ts"
import { echoModel } from "../../support/runtime.ts"
import { sqliteThread } from "../../support/sqlite-thread.ts"
import { writeChats } from "./history.ts"
import type { PastChat } from "./history.ts"
import { startService } from "./service.ts"
import type { Service } from "./service.ts"
import type { Key, MachineOptions, Stage, StageModels, StageOptions } from "./stage.ts"

/** The service on one machine, which is its owner's, with an Ollama. */
export class Machine implements Stage {
  readonly service: Service
  /** Where the service looks for Ollama. */
  readonly ollamaUrl: string
  readonly others: string[] = []
  readonly models: StageModels
  #ollama: OllamaStandIn | undefined

  private constructor(service: Service, ollamaUrl: string, ollama: OllamaStandIn | undefined) {
    this.service = service
    this.ollamaUrl = ollamaUrl
    this.#ollama = ollama
    this.models = {
      script: (model) => this.#script(model),
      asked: () => this.ollama.requests.filter(({ path }) => path === answersPath).map(askedOf),
      held: () => this.ollama.held(),
      release: () => this.ollama.release(),
    }
  }

  static async open({ models, chats, ollamaUrl, env }: StageOptions & MachineOptions): Promise<Machine> {
    const other = ollamaUrl ?? (models === "nobody" ? await closedAddress() : undefined)
    const ollama = other === undefined ? await startOllamaStandIn(Array.isArray(models) ? { models } : {}) : undefined
    const url = other ?? ollama?.url ?? ""
    const service = await startService({
      env: { OLLAMA_URLS: url, ...env },
      ...(chats !== undefined && { prepare: (dataFolder) => fill(dataFolder, chats) }),
    })
    return new Machine(service, url, ollama)
  }

  get url(): string {
    return this.service.url
  }

  get errors(): readonly string[] {
    return this.service.errors
  }

  get ollama(): OllamaStandIn {
    if (this.#ollama === undefined) throw new Error("there is no Ollama in this scene yet")
    return this.#ollama
  }

  /** Somebody starts Ollama at the address where nobody was. */
  async ollamaAppears(models?: OllamaModel[]): Promise<void> {
    const port = Number(new URL(this.ollamaUrl).port)
    this.#ollama = await startOllamaStandIn({ port, ...(models === undefined ? {} : { models }) })
  }

  async ollamaGoes(): Promise<void> {
    await this.ollama.close()
    this.#ollama = undefined
  }

  /** Whoever sits at it is the owner. */
  enter(): Promise<Key> {
    return Promise.resolve({ headers: {} })
  }

  async stop(): Promise<void> {
    await this.#ollama?.close()
    await this.service.stop()
  }

  #script(model: OllamaModel): void {
    const { models } = this.ollama
    const index = models.findIndex(({ name }) => name === model.name)
    if (index < 0) throw new Error(`there is no ${model.name} in this scene`)
    models[index] = model
  }
}

/** Of a data folder that no service has opened yet. */
async function fill(dataFolder: string, chats: PastChat[]): Promise<void> {
  const file = join(dataFolder, "omnichat.db")
  const { table, close } = await openSqliteTable({ file, now: Date.now, threadEntry: sqliteThread() })
  await writeChats(table, chats, { owner: "owner", model: echoModel })
  await close()
}
