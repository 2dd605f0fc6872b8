import { Chance } from "./chance.ts"

export type SimModel = { name: string; bytes: number }

export type Question = {
  at: number
  user: string
  model: string
  /** From its place to its first word, and to its last. */
  firstMs: number
  answerMs: number
  /** Rather fails than waits for longer. */
  waitAtMost?: number
}

/** Most asked first. Some fit together into a server of 24 GB, three such servers hold not quite all of them. */
export const models: SimModel[] = [
  { name: "llama3.1:8b", bytes: 4.9e9 },
  { name: "qwen3:14b", bytes: 9.3e9 },
  { name: "gemma3:4b", bytes: 3.3e9 },
  { name: "qwen3:8b", bytes: 5.2e9 },
  { name: "mistral-small:24b", bytes: 14.3e9 },
  { name: "phi4:14b", bytes: 9.1e9 },
  { name: "deepseek-r1:8b", bytes: 5.2e9 },
  { name: "qwen2.5-coder:14b", bytes: 9e9 },
]

/** How much is asked in each part of the time: mornings, a lunch, two rushes. */
const rush = [0.4, 1, 2.5, 1, 0.5, 1.2, 3, 1.4, 0.8, 0.4]

export type TraceShape = { users: number; questionsEach: number; hours: number }

/** What everybody asks in a few hours, with Zipf's popularity of models; now and then somebody asks several at once. */
export function makeTrace(seed: number, { users, questionsEach, hours }: TraceShape): Question[] {
  const chance = new Chance(seed)
  const popularity = models.map((_, at) => 1 / (at + 1))
  const slot = (hours * 3_600_000) / rush.length
  const questions: Question[] = []
  for (let user = 0; user < users; user++) {
    for (let left = questionsEach; left > 0;) {
      const at = (chance.weighted(rush) + chance.next()) * slot
      const together = chance.below(20) === 0 ? Math.min(left, 4) : 1
      left -= together
      for (let one = 0; one < together; one++) {
        const { name } = models[chance.weighted(popularity)] ?? { name: "" }
        const firstMs = 200 + chance.below(400)
        const answerMs = firstMs + Math.min(90_000, chance.logNormal(7000, 0.8))
        questions.push({ at: at + one * 500, user: `u${user}`, model: name, firstMs, answerMs: Math.round(answerMs) })
      }
    }
  }
  return questions.sort((a, b) => a.at - b.at)
}
