import type { Grammar, Rule } from "../scan.ts"
import {
  dashComment,
  doubleQuoted,
  escaped,
  hashComment,
  names,
  number,
  singleQuoted,
  span,
  tripleQuoted,
} from "./pieces.ts"

/** Languages whose comments begin with a hash, two dashes or a semicolon. */

function hashed(keywords: string, ...more: Rule[]): Grammar {
  const rules = [hashComment, ...more, doubleQuoted, singleQuoted, names(keywords.replaceAll("\n", " ")), number]
  return { main: { rules } }
}

export const python = () => {
  const double = span("double", '[rRbBfFuU]{0,2}"""', '"""', "s", escaped)
  const single = span("single", "[rRbBfFuU]{0,2}'''", "'''", "s", escaped)
  const prefixed: Rule[] = [
    { pattern: `[rRbBfFuU]{1,2}(?:"(?:[^"\\\\]|\\\\.)*"?|'(?:[^'\\\\]|\\\\.)*'?)`, hue: "s" },
    { pattern: "#.*", hue: "c" },
  ]
  const grammar = hashed(
    `False None True and as assert async await break case class continue def del elif else except finally for from global
if import in is lambda match nonlocal not or pass raise return self cls try while with yield print len range str int float
list dict set tuple bool`,
    double.rule,
    single.rule,
    ...prefixed,
  )
  return { ...grammar, ...double.parts, ...single.parts }
}

export const ruby = () =>
  hashed(
    `BEGIN END alias and begin break case class def defined? do else elsif end ensure false for if in module next nil not or
redo rescue retry return self super then true undef unless until when while yield require require_relative include extend
attr_reader attr_writer attr_accessor puts raise private protected public lambda proc`,
    { pattern: ":[\\p{L}_]\\w*", hue: "n" },
  )

const variable: Rule = { pattern: "\\$(?:\\{[^}]*\\}?|\\w+|[@#?!*$-])", hue: "n" }

export const shell = () => ({
  main: {
    rules: [
      hashComment,
      { pattern: "\\\\." },
      doubleQuoted,
      { pattern: "'[^']*'?", hue: "s" as const },
      variable,
      names(
        `if then elif else fi for while until do done case esac select function in return break continue exit export local
declare readonly unset shift source alias set trap eval exec echo printf read cd test true false sudo`.replaceAll(
          "\n",
          " ",
        ),
        ".-",
      ),
      { pattern: "(?<=^|[\\s=])\\d+(?=$|\\s)", hue: "n" as const },
    ],
  },
})

export const powerShell = () => {
  const comment = span("comment", "<#", "#>", "c")
  const keywords = `begin break catch class continue data do dynamicparam else elseif end enum exit filter finally for
foreach from function if in param process return switch throw trap try until using while`
  const rules = [
    comment.rule,
    hashComment,
    doubleQuoted,
    { pattern: "'[^']*'?", hue: "s" as const },
    { pattern: "\\$[\\w:]+", hue: "n" as const },
    names(keywords.replaceAll("\n", " "), "-", true),
    number,
  ]
  return { main: { rules }, ...comment.parts }
}

export const elixir = () => ({
  ...hashed(
    `after alias and case catch cond def defimpl defmacro defmodule defp defprotocol defstruct do else end false fn for if
import in nil not or quote raise receive require rescue return true try unless unquote use when with`,
    tripleQuoted.rule,
    { pattern: ":[\\p{L}_]\\w*", hue: "n" },
  ),
  ...tripleQuoted.parts,
})

/** R, Julia, Perl, Nim, GraphQL and their like. */
export const otherHashed = () => ({
  ...hashed(
    `and as begin break do else elseif elsif end enum export extend false FALSE for foreach fragment func function global if
implements import in input interface let local macro module mutable mutation my NA next nil not NULL null on or our package
proc query repeat return scalar schema struct sub subscription then true TRUE try type union unless until use using var
while`,
    tripleQuoted.rule,
  ),
  ...tripleQuoted.parts,
})

export const lua = () => {
  const comment = span("comment", "--\\[\\[", "\\]\\]", "c")
  const text = span("text", "\\[\\[", "\\]\\]", "s")
  const words = `and break do else elseif end false for function goto if in local nil not or repeat return then true until
while`
  const rules = [
    comment.rule,
    dashComment,
    text.rule,
    doubleQuoted,
    singleQuoted,
    names(words.replaceAll("\n", " ")),
    number,
  ]
  return { main: { rules }, ...comment.parts, ...text.parts }
}

export const haskell = () => {
  const comment = span("comment", "\\{-", "-\\}", "c")
  const words = `as case class data default deriving do else family forall foreign hiding if import in infix infixl infixr
instance let module newtype of qualified then type where`
  const rules = [comment.rule, dashComment, doubleQuoted, names(words.replaceAll("\n", " "), "'"), number]
  return { main: { rules }, ...comment.parts }
}

export const lisp = () => ({
  main: {
    rules: [
      { pattern: ";.*", hue: "c" as const },
      doubleQuoted,
      names(
        "and case cond def defmacro defn defun defvar define do else fn if lambda let loop nil ns or progn quote recur set! t when",
        "!?*<>=/+-",
      ),
      number,
    ],
  },
})

export const sql = () => {
  const comment = span("comment", "/\\*", "\\*/", "c")
  const words = `add all alter and any as asc begin between by cascade case check column commit constraint create cross
database default delete desc distinct drop else end except exists explain false fetch first following for foreign from full
function group having if ilike in index inner insert intersect into is join key lateral left like limit materialized natural
not null offset on or order outer over partition preceding primary procedure range recursive references replace returning
returns revoke grant right rollback row rows select set table temporary then to transaction trigger true truncate unbounded
union unique update using values view when where window with bigint boolean date decimal double float int integer interval
json jsonb numeric real serial smallint text time timestamp timestamptz uuid varchar char count sum avg min max coalesce
cast`
  const rules = [
    comment.rule,
    dashComment,
    { pattern: "'(?:[^']|'')*'?", hue: "s" as const },
    names(words.replaceAll("\n", " "), "$", true),
    number,
  ]
  return { main: { rules }, ...comment.parts }
}
