import { readFileSync } from "node:fs"
import { modelFacts } from "@omnichat/core/model/facts"
import { bedrockFacts } from "@omnichat/core/provider/bedrock/model"
import { longestWait } from "@omnichat/core/provider/bedrock/retry"
import { expect, test } from "vitest"

/** docs/models.md says what the table says. */

const page = readFileSync(new URL("../../docs/models.md", import.meta.url), "utf8")
const rows = [...page.matchAll(/^\| `([^`]+)` (\|.*)$/gm)].map(([, id = "", cells = ""]) => ({ id, cells }))

function cellsOf(id: string): string {
  const facts = modelFacts(id)
  const { prices, reasoning, images, documents, tools, caching, fallback } = facts
  const gives = [images && "images", documents && "documents"].filter(Boolean).join(", ") || "text only"
  const calls = tools === "streaming" ? "yes" : tools === "whole" ? "yes, not streamed" : "no"
  const thinks = { none: "no", fixed: "always", budget: "by budget", effort: "by effort", nova: "by effort" }
  const always = reasoning?.kind === "effort" && reasoning.off === "lowest" ? ", always" : ""
  const cells = [
    thousands(facts.contextLength),
    thousands(facts.maxOutputTokens),
    gives,
    calls,
    `${thinks[reasoning?.kind ?? "none"]}${always}`,
    caching ? (caching.hour ? "1 h" : "5 min") : "no",
    `${prices?.input} / ${prices?.output}`,
    fallback === undefined ? "" : `\`${fallback}\``,
  ]
  return `|${cells.map((cell) => (cell === "" ? " " : ` ${cell} `)).join("|")}|`
}

const thousands = (tokens = 0): string => `${Math.round(tokens / 1000).toLocaleString("en")} k`
const tidy = (cells: string): string => cells.replace(/\s+/g, " ")

test("every row of the page is the table's", () => {
  expect(rows.length).toBeGreaterThan(30)
  for (const { id, cells } of rows) expect({ id, cells: tidy(cells) }).toEqual({ id, cells: tidy(cellsOf(id)) })
})

test("what the page says of limits and pauses is so", () => {
  const usual = (id: string) =>
    bedrockFacts({ id, name: id, capabilities: [], maxOutputTokens: 64_000 }).usualOutputTokens
  expect(page).toContain(`${usual("amazon.nova-lite-v1:0").toLocaleString("en")} tokens, or`)
  expect(page).toContain(`${usual("anthropic.claude-sonnet-5").toLocaleString("en")} for models that think`)
  expect(page).toContain(`asked again for about ${longestWait / 1000} seconds`)
})

test("what stands in another model's stead is on the page too", () => {
  const ids = rows.map(({ id }) => id)
  for (const id of ids) expect([...ids, undefined]).toContain(modelFacts(id).fallback)
})
