import { longText } from "./long.ts"

/** The demo's words. They are read by people who see the product for the first time: plain, true, and no promises. */
export type Script = {
  reasoning: string
  text: string
  /** The answer fails after this many characters, unless it is being continued from there. */
  breaksAt?: number
}

const tableText = `| What happens | What you see |
| --- | --- |
| You reload in the middle of an answer | It goes on as if nothing had happened |
| You open the chat in a second tab | Both tabs show the same words |
| The connection drops | The page says so quietly, and catches up when it is back |
| You press stop | The answer ends, and what was said stays |
| The model fails | What was said stays, with the reason and a way to go on |`

const codeText = `\`\`\`ts
type Entry = { number: number; text: string }

/** Every entry once and in order, whatever was sent twice or came too early. */
export function* inOrder(received: Iterable<Entry>): Generator<Entry> {
  const waiting = new Map<number, Entry>()
  let next = 1
  for (const entry of received) {
    if (entry.number >= next) waiting.set(entry.number, entry)
    for (let due = waiting.get(next); due; due = waiting.get(next)) {
      waiting.delete(next)
      next += 1
      yield due
    }
  }
}
\`\`\``

const formulaText = `A language model gives each possible next word a score $z_i$. The temperature $T$ decides how much the scores matter:

$$
p_i = \\frac{e^{z_i / T}}{\\sum_{j} e^{z_j / T}}
$$

As $T$ goes to $0$, the word with the highest score is always taken. At $T = 1$ the scores are used as they are.`

const wordsToTry =
  "Words you can try here: `table`, `code`, `formula`, `long`, and `fail`, which shows what a failure looks like."

export const tour: Script = {
  reasoning: `A model that reasons would think here before it answers, and you could open this part to read along. No model is running, so there is nothing to work out. What follows shows headings, lists, a table, code and formulas, and then says how to attach a model.`,
  text: `# A short tour

This is the demo. **No model is answering.** These lines were written beforehand and are sent in small pieces, the way a model sends its words. Everything around them is real: the answer is stored while it arrives, so you can reload this page now and lose nothing.

## What an answer can hold

Words can be **strong**, *light*, ~~taken back~~ or \`exact\`. Quotations are set apart:

> The question is stored before the model is asked, and every word before it is shown.

Lists come in the usual kinds:

1. Numbered, in order
2. With points below them
   - like this one
   - and this one

A task list shows how far something has come:

- [x] Open the chat
- [x] Ask something
- [ ] Attach a model

### Tables

${tableText}

### Code

${codeText}

### Formulas

${formulaText}

## Attach a model

Install [Ollama](https://ollama.com/download) and fetch a model:

\`\`\`sh
ollama pull qwen3:4b
\`\`\`

It then appears in the list of models by itself. Any server that speaks the OpenAI API can be added in the settings.

${wordsToTry}
`,
}

export const table: Script = {
  reasoning: "The word table is in the question, so the demo shows one. No model is thinking here.",
  text: `This is the demo; no model is answering. Here is a table:

${tableText}

Wide tables scroll sideways on a small screen. ${wordsToTry}
`,
}

export const code: Script = {
  reasoning: "The word code is in the question, so the demo shows some. No model is thinking here.",
  text: `This is the demo; no model is answering. Here is a piece of TypeScript:

${codeText}

Code is coloured once its language is known, and can be copied with the button in its corner. ${wordsToTry}
`,
}

export const formula: Script = {
  reasoning: "The word formula is in the question, so the demo shows some. No model is thinking here.",
  text: `This is the demo; no model is answering. Here are formulas, one in a line and one by itself:

${formulaText}

${wordsToTry}
`,
}

export const long: Script = {
  reasoning: "The word long is in the question, so the demo tells how an answer travels. No model is thinking here.",
  text: `${longText}\n\n${wordsToTry}\n`,
}

const beforeBreak = `This is the demo; no model is answering. You asked to see a failure, and one is about to happen: in the middle of this sentence the model's server will go aw`

export const failure: Script = {
  reasoning: "The question asks for a failure, so the answer will break off on purpose. No model is thinking here.",
  text: `${beforeBreak}ay.

That was it. You are reading the rest because the answer was continued: it went on from its last letter, and nothing before it was written twice. ${wordsToTry}
`,
  breaksAt: beforeBreak.length,
}
