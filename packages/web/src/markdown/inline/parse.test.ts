import { expect, test } from "vitest"
import type { Inline } from "./inline.ts"
import { type InlineOptions, parseInline } from "./parse.ts"

const scope = {
  definition: (key: string) => (key === "REF" ? { href: "https://x.example", title: "" } : undefined),
  note: (key: string) => key === "1",
}

/** A short form: marks as tags, formulas in braces. */
function show(inlines: readonly Inline[]): string {
  return inlines
    .map((inline) => {
      switch (inline.kind) {
        case "text":
          return inline.text
        case "code":
          return `<code>${inline.text}</code>`
        case "break":
          return "<br>"
        case "image":
          return `<img ${inline.src}>${inline.alt}</img>`
        case "formula":
          return `{${inline.display ? "display " : ""}${inline.text}}`
        case "note":
          return `<note ${inline.label}>`
        case "link":
          return `<a ${inline.href}>${show(inline.children)}</a>`
        default:
          return `<${inline.kind}>${show(inline.children)}</${inline.kind}>`
      }
    })
    .join("")
}

const read = (text: string, options?: InlineOptions) => show(parseInline(text, scope, options))

test.each([
  ["the $n$th of $n$, $x^2$.", "the {n}th of {n}, {x^2}."],
  [
    "$\\frac{a}{b}$ and $$a+b$$ and \\(c\\) and \\[d=e\\]",
    "{\\frac{a}{b}} and {display a+b} and {c} and {display d=e}",
  ],
  ["$\\text{costs \\$5}$", "{\\text{costs \\$5}}"],
  ["It costs $5 and $6.", "It costs $5 and $6."],
  ["$5-$6, $5/$6, US$5 and CA$6", "$5-$6, $5/$6, US$5 and CA$6"],
  ["from $5 million to 10$ maybe", "from $5 million to 10$ maybe"],
  ["set $HOME and $PATH, or $HOME/$USER", "set $HOME and $PATH, or $HOME/$USER"],
  ["`$a` or $a to `b$`", "<code>$a</code> or $a to <code>b$</code>"],
  ["a $ b $ c, $ d$, $e $", "a $ b $ c, $ d$, $e $"],
  ["\\$x$ and $x\ny$", "$x$ and $x\ny$"],
  ["\\[1\\], \\(see below\\), \\[x\\](y)", "[1], (see below), [x](y)"],
  ["$$", "$$"],
])("formulas: %j", (text, expected) => expect(read(text)).toBe(expected))

test.each([
  ["see https://x.example/a_b_(c)?d=*e.", "see <a https://x.example/a_b_(c)?d=*e>https://x.example/a_b_(c)?d=*e</a>."],
  ["(http://localhost:3000/x)", "(<a http://localhost:3000/x>http://localhost:3000/x</a>)"],
  [
    "www.x.example, **https://x.example**",
    "<a http://www.x.example>www.x.example</a>, <strong><a https://x.example>https://x.example</a></strong>",
  ],
  ["看https://x.example/中。好", "看<a https://x.example/中>https://x.example/中</a>。好"],
  ["xhttps://x.example, xwww.x.example", "xhttps://x.example, xwww.x.example"],
  ["write to me.you@x.example.", "write to <a mailto:me.you@x.example>me.you@x.example</a>."],
  [
    "<https://x.example/a b> <me@x.example>",
    "<<a https://x.example/a>https://x.example/a</a> b> <a mailto:me@x.example>me@x.example</a>",
  ],
  ["[a https://x.example b](https://y.example)", "<a https://y.example>a https://x.example b</a>"],
  ["https:// www. @ a@b https://.", "https:// www. @ a@b https://."],
])("addresses: %j", (text, expected) => expect(read(text)).toBe(expected))

test.each([
  [
    "[a][ref], [ref][], [REF] and [no]",
    "<a https://x.example>a</a>, <a https://x.example>ref</a>, <a https://x.example>REF</a> and [no]",
  ],
  ["a[^1] b[^2] c![^1]", "a<note 1> b[^2] c!<note 1>"],
  ["![a *b* `c`](https://x.example/i.png 't')", "<img https://x.example/i.png>a b c</img>"],
  ["**重要：**文字, *a*b*, snake_case_name", "<strong>重要：</strong>文字, <emphasis>a</emphasis>b*, snake_case_name"],
  ["~~a~~ ~b~ 5~6", "<deleted>a</deleted> ~b~ 5~6"],
  ["a  \nb\\\nc\nd", "a<br>b<br>c\nd"],
  ["&amp;&lt;&#x41;&#66;&nosuch;&#0;&", "&<AB&nosuch;\ufffd&"],
  ["<b>a</b> <br>", "<b>a</b> <br>"],
])("the rest: %j", (text, expected) => expect(read(text)).toBe(expected))

test.each([
  ["some **bold wor", "some <strong>bold wor</strong>"],
  ["some **bold*", "some <strong>bold</strong>"],
  ["***both", "<emphasis><strong>both</strong></emphasis>"],
  ["~~gone", "<deleted>gone</deleted>"],
  ["use `code he", "use <code>code he</code>"],
  ["see [the words](https://x.exam", "see the words"],
  ["see ![the words](https://x.exam", "see "],
  ["5 * 3 and a_b", "5 * 3 and a_b"],
  ["**first line\nsecond *line", "**first line\nsecond <emphasis>line</emphasis>"],
])("while it grows, %j is drawn as it will most likely be", (text, expected) => {
  expect(read(text, { growing: true })).toBe(expected)
  expect(read(text)).not.toBe(expected.replace("5 *", ""))
})
