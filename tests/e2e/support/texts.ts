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
