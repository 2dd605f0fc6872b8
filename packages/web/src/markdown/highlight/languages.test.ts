import fc from "fast-check"
import { expect, test } from "vitest"
import { findColouring } from "./languages.ts"
import type { State } from "./scan.ts"

const known =
  "ts js c cpp java cs go rust swift kotlin dart php python ruby sh ps1 elixir r lua haskell lisp sql json yaml toml html css diff dockerfile make md tex nginx".split(
    " ",
  )

/** The coloured parts of a code, each with its hue. */
function colours(language: string, code: string): string[] {
  const colour = findColouring(language)
  const found: string[] = []
  let state: State | undefined
  for (const line of code.split("\n")) {
    const read = colour?.(line, state)
    state = read?.state
    for (const { text, hue } of read?.tokens ?? []) if (hue) found.push(`${hue} ${text}`)
  }
  return found
}

test.each([
  [
    "ts",
    "const a = 10_000 // b\nif (x) return `a ${b + 'c'} d\n e` /* f\n g */",
    "k const|n 10_000|c // b|k if|k return|s `a ${|s 'c'} d|s  e`|c /* f|c  g */",
  ],
  ["js", "x = /a'b/.test(y) / 2", "s /a'b/|n 2"],
  [
    "python",
    'def f(a):\n  """doc\n  more"""\n  return f"{a}" # b',
    'k def|s """doc|s   more"""|k return|s f"{a}"|c # b',
  ],
  ["rust", "fn f<'a>(x: &'a str) -> char { 'b' } /* /* */ c */", "k fn|k str|k char|s 'b'|c /* /* */ c */"],
  ["sh", 'for f in "$a"; do echo $f#x # b\ndone', 'k for|k in|s "$a"|k do|k echo|n $f|c # b|k done'],
  ["json", '{ "a": "b", "c": [1.5, true] }', 'k "a"|s "b"|k "c"|n 1.5|n true'],
  ["yaml", "a: b # c\n- d-e: 'f'\n  g: 12", "k a|c # c|k d-e|s 'f'|k g|n 12"],
  ["html", '<a href="b">c &amp; <!-- d\n e --></a>', 'k <a|s "b"|k >|n &amp;|c <!-- d|c  e -->|k </a>'],
  ["css", "a:hover { color: #fff; margin: 1.5rem } /* b */", "k color|n #fff|k margin|n 1.5rem|c /* b */"],
  ["sql", "SELECT a FROM b WHERE c = 'd''e' -- f", "k SELECT|k FROM|k WHERE|s 'd''e'|c -- f"],
  ["diff", "--- a\n+b\n-c\n@@ 1 @@", "c --- a|s +b|n -c|k @@ 1 @@"],
  ["go", 'a := `b\nc` + "d"', 's `b|s c`|s "d"'],
])("%s", (language, code, expected) => expect(colours(language, code).join("|")).toBe(expected))

test("the text stays what it was, whatever the language and the code", () => {
  const line = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          ..."\"'`/*#-<>{}$()[]\\;:=@%|~!".split(""),
          "/*",
          "*/",
          "//",
          '"""',
          "${",
          "--",
          "<!--",
          "return",
          "0x1",
        ),
        fc.string(),
      ),
    )
    .map((parts) => parts.join("").replaceAll("\n", " "))
  fc.assert(
    fc.property(fc.constantFrom(...known), fc.array(line, { maxLength: 6 }), (language, lines) => {
      const colour = findColouring(language)
      let state: State | undefined
      for (const text of lines) {
        const read = colour?.(text, state)
        expect(read?.tokens.map((token) => token.text).join("")).toBe(text)
        state = read?.state
      }
    }),
  )
})

test("a line of any marks is read in the time a test has", () => {
  for (const language of known) {
    for (const piece of [
      "/",
      "*",
      '"',
      "'",
      "`",
      "\\",
      "<",
      "-",
      "{",
      "${",
      "(",
      " ",
      "a",
      "0",
      "a.",
      "=/",
      "&",
      "#",
      "$",
      "@",
      "'\\",
      "[",
      "é",
    ]) {
      findColouring(language)?.(piece.repeat(2_000), undefined)
    }
  }
})

test("a language that is not known has no colours", () => {
  for (const name of ["", "nonsense", "constructor", "__proto__", "toString"])
    expect(findColouring(name)).toBeUndefined()
})
