// @vitest-environment happy-dom
import { beforeAll, expect, test } from "vitest"
import { limits } from "./limits.ts"
import { loadParts } from "./testing/page.ts"
import { MarkdownPage } from "./view/page.ts"

/** Texts that are meant to do harm. That each of them is read at all, in the time a test has, is the first assertion. */

beforeAll(loadParts)

function draw(text: string): HTMLElement {
  const root = document.createElement("div")
  new MarkdownPage(root).draw(text, false)
  return root
}

/** Draws a text as it arrives, in so many pieces. */
function stream(text: string, pieces: number): HTMLElement {
  const root = document.createElement("div")
  const page = new MarkdownPage(root)
  for (let piece = 1; piece <= pieces; piece++) page.draw(text.slice(0, (text.length * piece) / pieces), piece < pieces)
  page.draw(text, false)
  return root
}

function depth(node: Element): number {
  let deepest = 0
  for (const child of node.children) deepest = Math.max(deepest, depth(child))
  return deepest + 1
}

const large = 1_000_000
const fill = (piece: string, length = large) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length)

const runs = [
  "*",
  "_",
  "~",
  "[",
  "]",
  "`",
  "|",
  "$",
  "\\",
  "!",
  "<",
  "&",
  ">",
  "#",
  "-",
  "=",
  "+",
  " ",
  "\t",
  "(",
  ")",
  "{",
  "@",
  "w",
  ":",
  "\r",
  "\0",
]
const patterns = [
  "*a ",
  "*a_ ",
  "**a*",
  "a**b",
  "*_~~",
  "_a_b",
  "[a](",
  "[a](b",
  "[a](<b",
  '[a](b "',
  "![a](",
  "[[a]",
  "[a][",
  "]: ",
  "[a]: b\n",
  "[^a]",
  "[^a]: ",
  "`a ",
  "``a`",
  "$a ",
  "$$a",
  "\\(a",
  "\\[a=",
  "<http:",
  "<a@b",
  "&amp",
  "&#1",
  "http://a.",
  "www.a",
  "a@b.c",
  "a@",
  "http://((",
  "| a ",
  "|-",
  "|-\n",
  "| a | b |\n|---|---|\n",
  "a|b\n",
  "- ",
  "- a\n",
  "1. ",
  "> ",
  ">\n",
  "> - ",
  "```\n",
  "~~~",
  "$$\n",
  "\\[\n=",
  "    a\n",
  "\ta\n",
  "# a\n",
  "a\n===\n",
  "\n",
  "\r\n",
  "<div>",
  "<!--",
  "{\\frac",
  "a  \n",
  "a\\\n",
  "é",
  "字",
  "😀",
  "\ud83d",
]

test.each([...runs, ...patterns])("%j, again and again, is drawn", (piece) => {
  const root = draw(fill(piece, 25_000))
  expect(depth(root)).toBeLessThan(limits.containers * 2 + limits.marks + 8)
})

test.each([...runs, ...patterns])("%j is drawn in the longest text that is looked into", (piece) => {
  const text = fill(piece, limits.inline)
  stream(text, 6)
})

test.each(runs)("a line of a million %j is drawn while it arrives", (piece) => {
  stream(fill(piece), 20)
})

const attacks = [
  "[a](javascript:alert(1))",
  "[a](JaVaScRiPt:alert(1))",
  "[a](java\tscript:alert(1))",
  "[a](<java&#10;script:alert(1)>)",
  "[a](&#106;avascript:alert(1))",
  "[a](&#x6a;avascript&colon;alert(1))",
  "[a](\\javascript:alert(1))",
  "[a]( javascript:alert(1))",
  "[a](vbscript:x)",
  "[a](data:text/html,<script>alert(1)</script>)",
  "[a](data:text/html;base64,PHNjcmlwdD4=)",
  "[a](blob:https://x/1)",
  "[a](file:///etc/passwd)",
  "[a](about:blank)",
  "[a](//elsewhere.example)",
  "[a](/api/settings)",
  "[a](#x)",
  "[a](?x)",
  "[a]()",
  "[a](https://bank.example@elsewhere.example)",
  "[a](https:javascript:alert(1))",
  "[a](\u0001javascript:alert(1))",
  "[a](view-source:https://x)",
  "<javascript:alert(1)>",
  "<data:text/html,x>",
  "[a][b]\n\n[b]: javascript:alert(1)",
  "[javascript:alert(1)]: javascript:alert(1)\n\n[javascript:alert(1)]",
  "![a](javascript:alert(1))",
  "![a](data:image/svg+xml,<svg onload=alert(1)>)",
  "![a](/api/files/fil_1)",
  '![a"onerror="alert(1)](x)',
  '![x](https://x.example/"onerror="alert(1))',
  '[a](https://x.example "\\"onmouseover=\\"alert(1)")',
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg/onload=alert(1)>",
  "<svg><script>alert(1)</script></svg>",
  "<iframe src=//x>",
  "<a href=javascript:alert(1)>a</a>",
  "<math><mi//xlink:href='data:x,<script>alert(4)</script>'>",
  "<style>*{display:none}</style>",
  "<base href=//x>",
  "<form action=//x><input></form>",
  "<!--><script>alert(1)</script>-->",
  "<![CDATA[<script>]]>",
  "<?php x ?>",
  "<details open ontoggle=alert(1)>",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "`<script>alert(1)</script>`",
  "```html\n<script>alert(1)</script>\n```",
  '```"><script>alert(1)</script>\nx\n```',
  "```js onload=alert(1)\nx\n```",
  "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
  "# <script>alert(1)</script>",
  "- [x] <script>alert(1)</script>",
  "> <script>alert(1)</script>",
  "[^<script>]: x\n\n[^<script>]",
  "$<script>alert(1)</script>$",
  "$\\href{javascript:alert(1)}{x}$",
  "$\\url{javascript:alert(1)}$",
  "$\\includegraphics{https://x.example/x.png}$",
  "$\\class{x}{y}$",
  "$\\style{position:fixed}{x}$",
  "$\\id{app}{x}$",
  "$\\data{x=1}{y}$",
  "$\\def\\a{\\a\\a}\\a$",
  "$\\newcommand{\\x}{\\x\\x}\\x$",
  "$\\rule{9999em}{9999em}$",
  "$$\\begin{matrix}" + "a&".repeat(2_000) + "\\end{matrix}$$",
  "$" + "{".repeat(500) + "}".repeat(500) + "$",
  "$" + "x^{".repeat(39) + "}".repeat(39) + "$",
]

const harmless = new Set(
  (
    "A BLOCKQUOTE BR BUTTON CODE DEL DIV EM FIGCAPTION FIGURE H2 H3 H4 H5 H6 HR LI OL P PRE SPAN STRONG SUP " +
    "TABLE TBODY TD TH THEAD TR UL SVG USE MATH"
  ).split(" "),
)

test.each(attacks)("%j does nothing", async (text) => {
  for (const root of [draw(text), stream(text, Math.min(text.length, 60))]) {
    document.body.replaceChildren(root)
    await new Promise<void>((rest) => setTimeout(rest))
    for (const node of root.querySelectorAll("*")) {
      const formula = node.namespaceURI?.endsWith("MathML") ?? false
      expect(formula || harmless.has(node.tagName.toUpperCase()), node.tagName).toBe(true)
      for (const { name, value } of node.attributes) {
        expect(name.startsWith("on"), name).toBe(false)
        if (name === "href" && node.tagName !== "use") expect(value).toMatch(/^(?:https?:\/\/[^@]*$|mailto:)/)
        if (name === "src" || name === "id") expect.unreachable(`${name} of ${node.tagName}`)
      }
    }
  }
})

test("HTML is shown as it was written", () => {
  const text = '<div onclick="x">a <b>b</b></div> <!-- c --> <br> & &amp;'
  expect(draw(text).textContent).toBe('<div onclick="x">a <b>b</b></div> <!-- c --> <br> & &')
})

test("within cells, and only there, <br> breaks the line", () => {
  const root = draw("| a<br>b |\n|---|\n| c<br/>d<BR >e<br onload=x> |\n\nf<br>g")
  expect(root.querySelectorAll("br")).toHaveLength(3)
  expect(root.querySelector("td")?.textContent).toBe("cde<br onload=x>")
  expect(root.querySelector("p")?.textContent).toBe("f<br>g")
})

test("what stands too deep stays as words", () => {
  for (const mark of ["> ", "- ", "1. ", "> - "]) {
    const root = draw(mark.repeat(10_000) + "the words")
    expect(root.textContent).toContain("the words")
    expect(depth(root)).toBeLessThan(limits.containers * 2 + 4)
  }
  const marks = draw("**a ".repeat(900) + "the words" + " b**".repeat(900))
  expect(marks.textContent).toContain("the words")
  expect(depth(marks)).toBeLessThan(limits.marks + 4)
})

test("a text of far too many blocks goes on as plain words", () => {
  const root = draw("- a\n".repeat(16_000) + "\n# the last words")
  expect(root.textContent).toContain("# the last words")
  expect(root.querySelectorAll("*").length).toBeLessThan(limits.pieces * 2)
})

test("a paragraph of a million letters is plain text in boxes, and only the last of them grows", () => {
  const root = document.createElement("div")
  const page = new MarkdownPage(root)
  const text = "**a** ".repeat(170_000)
  page.draw(text.slice(0, 500_000), true)
  const boxes = [...root.querySelectorAll(".box")]
  page.draw(text, false)
  expect([...root.querySelectorAll(".box")].slice(0, boxes.length)).toEqual(boxes)
  expect(root.textContent === text).toBe(true)
})
