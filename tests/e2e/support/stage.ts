import type { Browser, BrowserContextOptions } from "playwright-core"
import type { GpuPoolOptions } from "../../support/aws/gpu-pool.ts"
import type { OllamaModel } from "../../support/ollama-stand-in.ts"
import type { AwsRuntime } from "../../support/runtime-aws.ts"
import type { Asked } from "../../support/upstream.ts"
import type { PastChat } from "./history.ts"

/** What a scene plays on: the whole service as a runtime has it, and behind it models that answer by script. */
export type Stage = {
  /** Where the page is, without a slash at the end. */
  url: string
  /** The origins that a page asks beside its own. */
  others: string[]
  /** What the service has logged as an error. */
  errors: readonly string[]
  models: StageModels
  /** Where the service is on AWS. */
  aws?: AwsRuntime
  /** How one is the owner. */
  enter(browser: Browser): Promise<Key>
  stop(): Promise<void>
}

export type Key = {
  /** What the owner's browser keeps. */
  storageState?: Exclude<BrowserContextOptions["storageState"], undefined | string>
  /** By which a program is the owner. */
  headers: Record<string, string>
}

export type StageModels = {
  /** A model answers by this script from now on, and by nothing it had before. */
  script(model: OllamaModel): void
  /** The requests for an answer, oldest first. */
  asked(): Asked[]
  /** Resolves as soon as an answer has fallen silent (`holdAfter`). */
  held(): Promise<void>
  /** Lets every answer that is silent now go on. */
  release(): void
}

export type StageOptions = {
  /**
   * What models there are, each as an Ollama has it; on AWS it is Bedrock that has them, by their names without
   * `:latest`. `nobody`: nobody listens at Ollama's address. Default: the usual models of the stand-in.
   */
  models?: OllamaModel[] | "nobody"
  /** The chats that the owner had before. */
  chats?: PastChat[]
  /** GPU servers, on AWS. */
  gpu?: GpuPoolOptions
}

/** Makes stages for the tests of a file, one after the other. */
export type Stages = {
  open(options: StageOptions & MachineOptions): Promise<Stage>
  close(): Promise<void>
}

/** What only one machine has. */
export type MachineOptions = {
  /** Where an Ollama is that is none of the stand-ins. */
  ollamaUrl?: string
  /** Settings of the environment beside `OLLAMA_URLS`; an empty one counts as absent. */
  env?: Record<string, string>
}
