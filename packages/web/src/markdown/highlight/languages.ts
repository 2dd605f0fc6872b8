import type { Colouring } from "./colours.ts"
import * as clike from "./grammar/clike.ts"
import * as data from "./grammar/data.ts"
import * as script from "./grammar/script.ts"
import { compile, type Compiled, type Grammar, scanLine } from "./scan.ts"

/** The names each grammar goes by, in small letters. */
const grammars: readonly (readonly [names: string, make: () => Grammar])[] = [
  ["javascript js jsx mjs cjs node", clike.javascript],
  ["typescript ts tsx mts cts", clike.typescript],
  ["c h", clike.cLanguage],
  ["cpp c++ cc hpp cxx arduino objectivec objc cuda", clike.cPlusPlus],
  ["java", clike.java],
  ["csharp c# cs", clike.cSharp],
  ["go golang", clike.go],
  ["rust rs", clike.rust],
  ["swift", clike.swift],
  ["kotlin kt kts", clike.kotlin],
  ["php", clike.php],
  ["dart scala groovy gradle zig solidity sol proto protobuf glsl hlsl wgsl d v haxe", clike.otherBraces],
  ["python py python3 py3 starlark", script.python],
  ["ruby rb", script.ruby],
  ["shell sh bash zsh fish console shellsession shell-session terminal ksh", script.shell],
  ["powershell ps1 pwsh ps", script.powerShell],
  ["elixir ex exs", script.elixir],
  ["r julia jl perl pl nim graphql gql crystal tcl awk", script.otherHashed],
  ["lua", script.lua],
  ["haskell hs elm purescript", script.haskell],
  ["lisp clojure clj cljs scheme racket elisp emacs-lisp", script.lisp],
  ["sql mysql postgresql postgres pgsql sqlite plsql tsql", script.sql],
  ["json jsonc json5 jsonl ndjson", data.json],
  ["yaml yml", data.yaml],
  ["toml ini env dotenv properties conf cfg hcl terraform tf editorconfig", data.settings],
  ["html xml svg vue svelte xhtml rss plist astro markup", data.markup],
  ["css scss sass less", data.css],
  ["diff patch", data.diff],
  ["dockerfile docker containerfile", data.dockerfile],
  ["makefile make mk", data.makefile],
  ["markdown md mdx", data.markdown],
  ["latex tex", data.latex],
  ["nginx", data.nginx],
]

const makers = new Map(grammars.flatMap(([names, make]) => names.split(" ").map((name) => [name, make] as const)))
const compiled = new Map<() => Grammar, Compiled>()

/** The colouring of a language by one of its names; undefined when it is not known. */
export function findColouring(language: string): Colouring | undefined {
  const make = makers.get(language)
  if (!make) return undefined
  const grammar = compiled.get(make) ?? compile(make())
  compiled.set(make, grammar)
  return (line, state) => scanLine(grammar, line, state)
}
