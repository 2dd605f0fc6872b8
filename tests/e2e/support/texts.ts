/** What the models of the scenes say. */

export const code = `type Entry = { number: number; text: string }

// Every entry once and in order.
export function inOrder(received: Entry[]): string {
  const sorted = received.toSorted((one, other) => one.number - other.number)
  return sorted.map((entry) => \`\${entry.number}: \${entry.text}\`).join("\\n")
}`

/** One of everything that an answer can hold. */
export const rich = `## A journal in two lines

Every word has a **number**, so that nobody gets it *twice*. What is missing can be [asked for](https://example.com/journal) again.

\`\`\`ts
${code}
\`\`\`

| When | What one sees |
| --- | ---: |
| a reload | 1 |
| a second tab | 2 |

The average wait is $\\bar{w} = \\frac{\\lambda}{\\mu}$, and in full:

$$
\\sum_{i=1}^{n} \\frac{x_i^2}{\\sqrt{i + 1}} \\le \\int_0^{n} f(t)\\,dt
$$

- [x] written
- [ ] read

That is all there is to it.`

/** A text of so many numbered words, by which one sees that none is missing and none is there twice. */
export const counting = (words: number): string =>
  Array.from({ length: words }, (_, index) => `word${index + 1}`).join(" ")

const thinking = "The question is about queues. A formula says it best, and a few lines of code show it."

const said = `Little's law answers it without knowing who comes when. With $\\lambda$ people arriving each minute and $L$ of them standing in line, the wait is

$$
W = \\frac{L}{\\lambda} = \\frac{1}{\\mu - \\lambda} \\qquad (\\lambda < \\mu)
$$

So the wait does not grow evenly: it **explodes** as arrivals come close to what the counter can do.

\`\`\`ts
type Guest = { arrivedAt: number; takes: number }

/** Minutes that each guest waits, in the order they came. */
export function waits(guests: Guest[]): number[] {
  const waiting: number[] = []
  let freeAt = 0
  for (const { arrivedAt, takes } of guests) {
    const begins = Math.max(arrivedAt, freeAt)
    waiting.push(begins - arrivedAt)
    freeAt = `

/** A model in the middle of an answer worth looking at, which is silent just before the end. */
export const essay = { thinking, text: said, charactersPerChunk: 1, holdAfter: thinking.length + said.length }
