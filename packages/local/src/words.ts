import { homedir } from "node:os"
import type { Source } from "@omnichat/core/protocol/settings"

/** What the person at the terminal reads: few lines, the address first. */

export function welcome(server: { url: string }, settings: { dataFolder: string }): string {
  return lines(
    "",
    `  OmniChat   ${server.url}`,
    "",
    `  Data       ${short(settings.dataFolder)}`,
    "  To stop    Ctrl-C",
  )
}

export function modelsFound(sources: readonly Source[]): string {
  const found = sources.filter(({ provider, state }) => provider !== "demo" && state === "found").map(named)
  if (found.length > 0) {
    const texts = [...found, ...sources.filter(isMissing).map(missing)]
    return lines(...texts.map((text, index) => (index === 0 ? `  Models     ${text}` : `             ${text}`)), "")
  }
  const wrong = sources.find(({ state }) => state === "wrong")?.error
  const silent = sources.find(({ provider, state }) => provider === "ollama" && state === "silent")?.address
  const reason =
    wrong ??
    sources.find(isMissing)?.error ??
    (silent === undefined ? "No model server is set." : `Ollama does not answer at ${silent}.`)
  return lines(
    `  Models     none yet. ${reason}`,
    "             The app shows how to get one, and a demo until then.",
    "",
  )
}

/** Who has AWS credentials in the environment expects Bedrock's models, whatever else there is. */
const isMissing = ({ provider, state }: Source): boolean => provider === "bedrock" && state !== "found"
const missing = ({ error }: Source): string => `none of Amazon Bedrock. ${error ?? ""}`

const named = ({ provider, address, models }: Source): string => {
  if (provider === "bedrock" && models.length === 0) return nothingOffered(address)
  const amount = models.length === 1 ? "1 model" : `${models.length} models`
  const place = `${provider === "bedrock" ? "in" : "at"} ${address ?? "?"}`
  return `${amount} of ${names[provider] ?? provider} ${place}`
}

const names: Partial<Record<Source["provider"], string>> = {
  ollama: "Ollama",
  openai: "OpenAI-compatible server",
  bedrock: "Amazon Bedrock",
}

const nothingOffered = (region: string | undefined): string =>
  `none of Amazon Bedrock in ${region ?? "?"}: OMNICHAT_BEDROCK_MODELS names none that the region has, or it has none.`

export function stopping(activeRuns: number): string {
  if (activeRuns === 0) return lines("", "  Stopping …")
  const answers = activeRuns === 1 ? "1 answer" : `${activeRuns} answers`
  return lines("", `  Stopping: ${answers} under way, kept as far as written …`)
}

export const stopped = (): string => lines("  Stopped.", "")

export function refused(title: string, reasons: readonly string[]): string {
  return lines("", `  ${title}`, "", ...reasons.map((reason) => `  ${reason}`), "")
}

const short = (path: string): string => {
  const home = homedir()
  return path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
}

const lines = (...texts: string[]): string => `${texts.join("\n")}\n`
