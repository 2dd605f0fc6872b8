/**
 * The named character references that people and models write. The full list of HTML has 2,125 and would weigh more
 * than the parser; a name that is not here stays as it was written.
 */
const pairs = (
  "amp & lt < gt > quot \" apos ' nbsp \u00a0 ensp \u2002 emsp \u2003 thinsp \u2009 shy \u00ad zwj \u200d " +
  "zwnj \u200c copy © reg ® trade ™ deg ° sect § para ¶ middot · bull • hellip … ndash – mdash — lsquo ‘ " +
  "rsquo ’ sbquo ‚ ldquo “ rdquo ” bdquo „ laquo « raquo » lsaquo ‹ rsaquo › iexcl ¡ iquest ¿ cent ¢ " +
  "pound £ yen ¥ euro € curren ¤ times × divide ÷ plusmn ± minus − ne ≠ le ≤ ge ≥ asymp ≈ equiv ≡ infin ∞ " +
  "radic √ sum ∑ prod ∏ int ∫ part ∂ nabla ∇ isin ∈ notin ∉ cap ∩ cup ∪ sub ⊂ sup ⊃ empty ∅ forall ∀ " +
  "exist ∃ and ∧ or ∨ not ¬ larr ← uarr ↑ rarr → darr ↓ harr ↔ lArr ⇐ rArr ⇒ hArr ⇔ frac12 ½ frac14 ¼ " +
  "frac34 ¾ sup1 ¹ sup2 ² sup3 ³ micro µ permil ‰ dagger † Dagger ‡ check ✓ cross ✗ star ☆ starf ★ alpha α " +
  "beta β gamma γ delta δ epsilon ε theta θ lambda λ mu μ pi π rho ρ sigma σ tau τ phi φ omega ω Gamma Γ " +
  "Delta Δ Theta Θ Lambda Λ Pi Π Sigma Σ Phi Φ Omega Ω szlig ß auml ä ouml ö uuml ü Auml Ä Ouml Ö Uuml Ü " +
  "eacute é egrave è ecirc ê agrave à aacute á acirc â ccedil ç ntilde ñ oacute ó iacute í uacute ú aring å " +
  "oslash ø aelig æ"
).split(" ")
const names = new Map<string, string>()
for (let index = 0; index < pairs.length; index += 2) names.set(pairs[index] ?? "", pairs[index + 1] ?? "")

const reference = /&(?:#[xX]([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([A-Za-z][A-Za-z0-9]{1,31}));/y

/** The character reference at a place in the text. */
export function readReference(text: string, at: number): { text: string; end: number } | undefined {
  reference.lastIndex = at
  const found = reference.exec(text)
  if (!found) return undefined
  const [all, hexadecimal, decimal, name] = found
  if (name !== undefined) {
    const named = names.get(name)
    return named === undefined ? undefined : { text: named, end: at + all.length }
  }
  const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16)
  const valid = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
  return { text: valid ? String.fromCodePoint(code) : "\ufffd", end: at + all.length }
}

/** Resolves backslash escapes and character references, as in the address of a link. */
export function unescape(text: string): string {
  if (!/[\\&]/.test(text)) return text
  let plain = ""
  for (let at = 0; at < text.length;) {
    const found = text[at] === "&" ? readReference(text, at) : undefined
    if (found) {
      plain += found.text
      at = found.end
    } else {
      if (text[at] === "\\" && isMark(text[at + 1])) at++
      plain += text[at]
      at++
    }
  }
  return plain
}

/** Whether a backslash before it makes the character an ordinary one. */
export function isMark(character: string | undefined): boolean {
  return character !== undefined && /^[!-/:-@[-`{-~]$/.test(character)
}
