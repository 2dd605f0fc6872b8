import { faultyModels, startOllamaStandIn, usualModels } from "./ollama-stand-in.ts"

/**
 * The Ollama stand-in as a process of its own, for trying things by hand:
 *
 *     npx rolldown tests/support/ollama-main.ts --platform node | node --input-type=module - 11434
 *
 * It has the usual models and one for each bad day (`dies`, `garbage`, `slow`, …). `silent` goes on
 * after `curl -X POST 127.0.0.1:11434/release`.
 */
const port = Number(process.argv[2] ?? 11_434)
const server = await startOllamaStandIn({ port, models: [...usualModels, ...faultyModels] })
console.log(`${server.url} has ${server.models.map(({ name }) => name).join(", ")}`)
