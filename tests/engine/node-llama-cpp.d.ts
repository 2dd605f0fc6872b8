/** What is used of the engine, for the type check: the package itself is installed by the first test that needs it. */
declare module "node-llama-cpp" {
  type Token = number & { __token: never }
  type Sequence = {
    clearHistory(): Promise<void>
    evaluate(tokens: Token[], options: { temperature: number }): AsyncGenerator<Token, void>
  }
  type Model = {
    trainContextSize: number
    createContext(options: { contextSize: number; threads: number }): Promise<{ getSequence(): Sequence }>
    tokenize(text: string, specialTokens: boolean): Token[]
    detokenize(tokens: Token[]): string
    isEogToken(token: Token): boolean
  }
  export const LlamaLogLevel: { error: "error" }
  export function getLlama(options: {
    build: "never"
    skipDownload: boolean
    gpu: false
    logLevel: "error"
  }): Promise<{ loadModel(options: { modelPath: string }): Promise<Model> }>
}
