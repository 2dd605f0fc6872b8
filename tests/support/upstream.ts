import type { Script, SeenRequest } from "./model-server.ts"

/** What a model is good for. */
export type ModelKind = "plain" | "thinking" | "images"

/** A model behind a runtime, by the name that its server knows it by, without a tag. */
export type ScriptedModel = { name: string; kind: ModelKind; contextLength?: number }

/** A request for an answer, as far as the wires have it in common. */
export type Asked = Pick<SeenRequest, "body" | "ended"> & {
  /** The model's id, as the service calls it. */
  model: string
  system?: string
  messages: { role: string; text: string; images: Buffer[] }[]
  params: { temperature?: number; topP?: number; maxOutputTokens?: number; stop?: string[]; seed?: number }
}

/** The model servers behind a runtime, whatever wire they speak. */
export type Upstream = {
  /** The ids of all models, as the service lists them. */
  ids(): string[]
  idOf(name: string): string
  /** From now on a model answers so. */
  script(name: string, script: Script): void
  /** The requests for an answer, oldest first. */
  asked(): Asked[]
  /** Resolves with the first request for an answer of this model, by its id. */
  firstAsked(id: string): Promise<Asked>
  /** Resolves as soon as an answer has fallen silent (`holdAfter`). */
  held(): Promise<void>
  /** Lets every answer that is silent now go on. */
  release(): void
  /** Nobody listens at the servers' addresses any more. */
  down(): Promise<void>
  /** They are back at the same addresses, with the same models. */
  up(): Promise<void>
}

/** Of an object that is sent only what is there. */
export function present<T extends object>(all: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as T
}
