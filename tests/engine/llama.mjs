import { LlamaLogLevel, getLlama } from "node-llama-cpp"

/**
 * llama.cpp with one model, one answer at a time.
 *
 * @typedef {{ role: string, content: string }} Message
 * @typedef {{ type: "word", text: string } | { type: "end", reason: "stop" | "length", promptTokens: number, tokens: number }} Step
 */

/** @param {string} modelPath */
export async function loadEngine(modelPath) {
  // The engine must come from its package as it is; a build from source takes minutes and a compiler.
  const llama = await getLlama({ build: "never", skipDownload: true, gpu: false, logLevel: LlamaLogLevel.error })
  const model = await llama.loadModel({ modelPath })
  // More threads than one are far slower for a model this small.
  const context = await model.createContext({ contextSize: 2048, threads: 1 })
  const sequence = context.getSequence()
  /** @type {Promise<unknown>} */
  let last = Promise.resolve()

  /**
   * @param {Message[]} messages
   * @param {number} most tokens
   * @returns {AsyncGenerator<Step, void, undefined>}
   */
  async function* answer(messages, most) {
    const before = last
    let done = () => {}
    last = new Promise((resolve) => (done = () => resolve(undefined)))
    await before
    try {
      await sequence.clearHistory()
      const prompt = model.tokenize(promptOf(messages), true)
      let tokens = 0
      for await (const token of sequence.evaluate(prompt, { temperature: 0 })) {
        if (model.isEogToken(token)) break
        yield { type: "word", text: model.detokenize([token]) }
        tokens += 1
        if (tokens >= most) return yield { type: "end", reason: "length", promptTokens: prompt.length, tokens }
      }
      yield { type: "end", reason: "stop", promptTokens: prompt.length, tokens }
    } finally {
      done()
    }
  }
  return { answer, contextLength: model.trainContextSize }
}

/** An assistant's message at the end stays open, to be gone on from. @param {Message[]} messages */
function promptOf(messages) {
  const open = messages.at(-1)?.role === "assistant" ? [] : [{ role: "assistant", content: "" }]
  return [...messages, ...open].map(({ role, content }) => `<|im_start|>${role}\n${content}`).join("<|im_end|>\n")
}
