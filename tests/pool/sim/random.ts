import { ollamaProvider } from "@omnichat/core/provider/ollama/provider"
import { Chance } from "./chance.ts"
import type { Outcome } from "./figures.ts"
import { tellTimes } from "./ollama.ts"
import type { SimOllama } from "./ollama.ts"
import type { VirtualTime } from "./time.ts"
import type { Question } from "./trace.ts"

/**
 * What a front end does that picks one of its servers for each question, as Open WebUI does. Kinder than that: a question
 * that found nobody is asked again at once, elsewhere by chance.
 */
export function askAtRandom(time: VirtualTime, servers: readonly SimOllama[], seed: number) {
  const chance = new Chance(seed)
  const providers = servers.map((server, at) => ollamaProvider({ baseUrl: `http://gpu-${at}`, fetch: server.fetch }))
  return async ({ user, model, firstMs, answerMs }: Question): Promise<Outcome> => {
    const asked = time.now()
    const content = [{ type: "text" as const, text: tellTimes(firstMs, answerMs) }]
    for (let tries = 0; ; tries++) {
      const provider = providers[chance.below(providers.length)]
      let waited: number | undefined
      try {
        if (provider === undefined) throw new Error("there is no server")
        const request = { model, params: {}, messages: [{ role: "user" as const, content }] }
        for await (const event of provider.stream(request, new AbortController().signal)) {
          if (event.type === "text-delta" && event.delta !== "") waited ??= time.now() - asked
        }
        return { user, model, waited: waited ?? time.now() - asked, end: "answered" }
      } catch (thrown) {
        if (waited !== undefined) return { user, model, waited, end: "cut" }
        if (tries > 1000) return { user, model, waited: time.now() - asked, end: String(thrown) }
        await time.sleep(1000)
      }
    }
  }
}
