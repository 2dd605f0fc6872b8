import { stage } from "./stage.ts"

/** The key of the OpenAI-compatible server; asked for only where there is such a server. */
export const openAiKey = stage.openAiUrl === undefined ? undefined : new sst.Secret("OpenAiKey")
