import fc from "fast-check"

/** Texts for property tests: blocks as models write them, and pieces thrown together as nobody would. */

const words = fc.constantFrom(
  "one",
  "two three",
  "a_b",
  "5 * 3",
  "costs $5",
  "é, ü",
  "重要",
  "x",
  "https://x.example/a",
  "!",
)
const marked = fc.oneof(
  words,
  words.map((text) => `**${text}**`),
  words.map((text) => `*${text}*`),
  words.map((text) => `~~${text}~~`),
  fc.constantFrom(
    "`code`",
    "``a ` b``",
    "$x^2$",
    "\\(a\\)",
    "$$y$$",
    "&amp;",
    "\\*",
    "<b>",
    "![alt](https://x.example/i.png)",
  ),
  words.map((text) => `[${text}](https://x.example "t")`),
  fc.constantFrom("[words][ref]", "[ref]", "[^1]", "[later]", "[a", "](b", "**open", "`open"),
)
const line = fc.array(marked, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(" "))
const paragraph = fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => lines.join("\n"))
const heading = fc.tuple(fc.integer({ min: 1, max: 6 }), line).map(([depth, text]) => `${"#".repeat(depth)} ${text}`)
const code = fc
  .tuple(
    fc.constantFrom("```", "~~~", "````"),
    fc.constantFrom("", "ts", "python", "nonsense"),
    fc.array(line, { maxLength: 4 }),
  )
  .map(([fence, language, lines]) => [fence + language, ...lines, fence].join("\n"))
const row = fc.array(marked, { minLength: 2, maxLength: 4 }).map((cells) => `| ${cells.join(" | ")} |`)
const table = fc.tuple(row, fc.array(row, { maxLength: 3 })).map(([header, rows]) => {
  const width = header.split(" | ").length
  return [header, `|${" --- |".repeat(width)}`, ...rows].join("\n")
})
const fixed = fc.constantFrom(
  "---",
  "Title\n===",
  "    indented\n\n    code",
  "$$\na = b\n- c\n$$",
  "\\[ a^2 \\]",
  "$$\nnever closed",
  "[ref]: https://x.example/ref 'title'",
  "[later]: <https://x.example/later>",
  "[^1]: a note\n    that goes on",
)

function indent(text: string, first: string, others: string): string {
  return text
    .split("\n")
    .map((part, index) => (part === "" ? "" : (index === 0 ? first : others) + part))
    .join("\n")
}

const { block } = fc.letrec<{ block: string; list: string; quote: string }>((tie) => ({
  block: fc.oneof({ depthSize: "small" }, paragraph, heading, code, table, fixed, tie("list"), tie("quote")),
  list: fc
    .tuple(
      fc.constantFrom("- ", "* ", "1. ", "7) ", "- [ ] ", "- [x] "),
      fc.array(tie("block"), { minLength: 1, maxLength: 3 }),
      fc.constantFrom("\n", "\n\n"),
    )
    .map(([mark, blocks, gap]) =>
      blocks.map((text) => indent(text, mark, " ".repeat(mark.indexOf(" ") + 1))).join(gap),
    ),
  quote: tie("block").map((text) => indent(text, "> ", "> ")),
}))

/** A text made of whole blocks. */
export const documents = fc
  .array(fc.tuple(block, fc.constantFrom("\n\n", "\n", "\n\n\n")), { maxLength: 8 })
  .map((parts) => parts.map((part) => part.join("")).join(""))

const pieces =
  "a|b |word|x y|\n|\n|\n\n| |  |    |\t|- |* |1. |2) |> |# |## |```|~~~|---|===|¦|*|**|_|__|~~|`|``|[|]|(|)|](u)|![|[a]|[a]: /u\n|[^1]|[^1]: |\\|&amp;|$|$$|\\[|\\]|!|[x] |é|\r\n|\r|."
const table3 = "a|b\n-|-\n"

/** Marks and words in any order. */
export const soups = fc
  .array(fc.constantFrom(...pieces.split("|").map((piece) => piece.replace("¦", "|")), table3), { maxLength: 25 })
  .map((parts) => parts.join(""))

export const texts = fc.oneof(documents, soups)

/** A text and the places where it is cut as it arrives. */
export const arriving = texts.chain((text) =>
  fc.record({
    text: fc.constant(text),
    cuts: fc
      .array(fc.integer({ min: 0, max: text.length }), { maxLength: 12 })
      .map((cuts) => cuts.toSorted((a, b) => a - b)),
  }),
)
