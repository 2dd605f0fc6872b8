import type { Grammar, Rule } from "../scan.ts"
import {
  blockComment,
  characterQuoted,
  doubleQuoted,
  escaped,
  hashComment,
  names,
  nestedComment,
  number,
  singleQuoted,
  slashComment,
  span,
  tripleQuoted,
} from "./pieces.ts"

/** Languages with braces, slashes for comments and words in the order of C. */

const flow = "if else for while do switch case default break continue return"
const values = "true false null"

function braces(keywords: string, ...more: Rule[]): Grammar {
  const rules = [slashComment, blockComment.rule, ...more, doubleQuoted, characterQuoted, names(keywords), number]
  return { main: { rules }, ...blockComment.parts, ...tripleQuoted.parts }
}

const script = `${flow} ${values} undefined NaN Infinity const let var function async await yield class extends super this
new delete typeof instanceof in of void try catch finally throw import export from as static get set debugger with`

const typeScript = `${script} type interface enum implements declare namespace module abstract readonly public private
protected keyof infer is satisfies unknown never any string number boolean object symbol bigint asserts override`

const beforeExpression = "(?:^|[(=:,\\[!&|?{};]|\\b(?:return|case|typeof))\\s{0,20}"
const regularExpression: Rule = {
  pattern: `/(?<=${beforeExpression}/)(?![/*])(?:[^/\\\\\\[]|\\\\.|\\[(?:[^\\]\\\\]|\\\\.)*\\])+/[a-z]*`,
  hue: "s",
}

function scriptGrammar(keywords: string): Grammar {
  const template = span("template", "`", "`", "s", escaped, { pattern: "\\$\\{", push: "hole" })
  const quoted = [doubleQuoted, singleQuoted, template.rule]
  const rules = [slashComment, blockComment.rule, ...quoted, regularExpression, names(keywords), number]
  const inner: Rule[] = [{ pattern: "\\{", push: "braces" }, ...rules]
  return {
    main: { rules },
    hole: { rules: [{ pattern: "\\}", hue: "s", pop: true }, ...inner] },
    braces: { rules: [{ pattern: "\\}", pop: true }, ...inner] },
    ...template.parts,
    ...blockComment.parts,
  }
}

export const javascript = () => scriptGrammar(spaced(script))
export const typescript = () => scriptGrammar(spaced(typeScript))

const c = `${flow} ${values} goto sizeof struct union enum typedef static extern const volatile inline register auto void
char short int long float double signed unsigned bool size_t NULL`

const cpp = `${c} class public private protected virtual override final template typename namespace using new delete this
try catch throw operator friend constexpr consteval noexcept nullptr decltype static_cast dynamic_cast const_cast
reinterpret_cast mutable explicit concept requires co_await co_return co_yield string vector`

const directive: Rule = { pattern: "^\\s*#\\s*\\w+", hue: "k" }
export const cLanguage = () => braces(spaced(c), directive)
export const cPlusPlus = () => braces(spaced(cpp), directive)

export const java = () =>
  braces(
    spaced(`${flow} ${values} abstract assert boolean byte catch char class const double enum extends final finally float
implements import instanceof int interface long native new package private protected public record sealed permits short
static strictfp super synchronized this throw throws transient try var void volatile yield`),
    tripleQuoted.rule,
  )

export const cSharp = () =>
  braces(
    spaced(`${flow} ${values} abstract as async await base bool byte catch char checked class const decimal delegate double
enum event explicit extern finally fixed float foreach get goto implicit in init int interface internal is lock long
namespace new object operator out override params private protected public readonly record ref required sbyte sealed set
short sizeof stackalloc static string struct this throw try typeof uint ulong unchecked unsafe ushort using var virtual
void volatile when where with yield`),
    tripleQuoted.rule,
  )

export const go = () => {
  const raw = span("raw", "`", "`", "s")
  const keywords =
    spaced(`${flow} true false nil iota chan const defer fallthrough func go goto import interface map package
range select struct type var string int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 float32 float64 bool byte
rune error any make new len cap append panic recover`)
  return { ...braces(keywords, raw.rule), ...raw.parts }
}

export const rust = () => ({
  ...braces(
    spaced(`${flow} true false as async await const crate dyn enum extern fn impl in let loop match mod move mut pub ref
Self self static struct super trait type union unsafe use where bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32
u64 u128 usize String Vec Option Result Some None Ok Err Box`),
  ),
  ...nestedComment.parts,
})

export const swift = () => ({
  ...braces(
    spaced(`${flow} true false nil actor any as associatedtype async await catch class defer deinit enum extension
fallthrough fileprivate final func get guard import in indirect init inout internal is lazy let mutating nonisolated open
operator override private protocol public repeat required rethrows self Self set some static struct subscript super throw
throws try typealias unowned var weak where`),
    tripleQuoted.rule,
  ),
  ...nestedComment.parts,
})

export const kotlin = () => ({
  ...braces(
    spaced(`${flow} ${values} abstract actual annotation as by catch class companion const constructor crossinline data
enum expect external final finally fun get import in infix init inline inner interface internal is it lateinit noinline
object open operator out override package private protected public reified sealed set suspend super tailrec this throw try
typealias val var vararg when where`),
    tripleQuoted.rule,
  ),
  ...nestedComment.parts,
})

/** Dart, Scala, Groovy, Zig, Solidity, Protocol Buffers and what else has braces and these words. */
export const otherBraces = () =>
  braces(
    spaced(`${flow} ${values} abstract as async await bool class const contract def defer enum event extends extension
extends external fn fun final function get implements import in int interface is late let library mapping match message
mixin modifier new nil object optional option override package private pub public repeated required returns rpc sealed
service set static string struct super syntax this throw trait try catch finally type uint uint256 address union use using
val var void when where with yield`),
    tripleQuoted.rule,
    singleQuoted,
  )

export const php = () =>
  braces(
    spaced(`${flow} ${values} abstract and array as bool callable catch class clone const declare echo elseif empty enddo
endfor endforeach endif endswitch endwhile enum extends final finally float fn foreach function global goto implements
include include_once instanceof int interface isset list match mixed namespace new object or print private protected public
readonly require require_once self static string throw trait try unset use var void xor yield`),
    hashComment,
    singleQuoted,
    { pattern: "<\\?(?:php|=)?|\\?>", hue: "k" },
  )

function spaced(words: string): string {
  return words.replaceAll("\n", " ")
}
