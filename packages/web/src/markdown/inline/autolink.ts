/** An address that stands in the text by itself, and where it ends. */
export type FoundLink = { readonly href: string; readonly text: string; readonly end: number }

const pointed =
  /<(?:([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]{0,2000})|([\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}))>/y

/** `<https://…>` or `<somebody@somewhere>` */
export function readPointedLink(text: string, at: number): FoundLink | undefined {
  pointed.lastIndex = at
  const found = pointed.exec(text)
  if (!found) return undefined
  const [all, address, mail = ""] = found
  return { href: address ?? `mailto:${mail}`, text: address ?? mail, end: at + all.length }
}

// Full-width signs and the punctuation of Chinese and Japanese end an address: no space stands before them.
const body = /[^\s<\u3000-\u303f\uff00-\uffef]{0,2000}/y
const domain = /^(?:[\p{L}\p{N}_-]{1,63}\.){0,10}[\p{L}\p{N}-]{1,63}(?![\p{L}\p{N}_-])/u

/** An address that begins with `https://`, `http://` or `www.` at this place. */
export function readBareLink(text: string, at: number, prefix: string): FoundLink | undefined {
  const before = text[at - 1] ?? " "
  const www = prefix.toLowerCase() === "www."
  if ((www ? /[\p{L}\p{N}]/u : /[A-Za-z0-9]/).test(before)) return undefined
  body.lastIndex = at + prefix.length
  const rest = trimAddress(body.exec(text)?.[0] ?? "")
  const host = domain.exec(rest)?.[0]
  if (host === undefined || (www && !rest.includes("."))) return undefined
  const address = prefix + rest
  return { href: www ? `http://${address}` : address, text: address, end: at + address.length }
}

/** Leaves out what ends a sentence and not an address: punctuation, and brackets that were not opened in it. */
function trimAddress(text: string): string {
  let end = text.length
  let open = 0
  for (const character of text) open += character === "(" ? 1 : character === ")" ? -1 : 0
  for (; end > 0; end--) {
    const character = text[end - 1] ?? ""
    if (character === ")" && open < 0) open++
    else if (character === ";") {
      const reference = /&[A-Za-z0-9]{1,32};$/.exec(text.slice(Math.max(0, end - 40), end))
      if (!reference) break
      end -= reference[0].length - 1
    } else if (!/[?!.,:*_~'"\]]/.test(character)) break
  }
  return text.slice(0, end)
}

const local = /[A-Za-z0-9._+-]{1,64}$/
const mailDomain = /@(?:[A-Za-z0-9_-]{1,63}\.){1,10}[A-Za-z0-9_-]{0,62}[A-Za-z0-9]/y

/** A mail address around the `@` at this place; `from` is where it may begin at the earliest. */
export function readMail(text: string, at: number, from: number): (FoundLink & { readonly start: number }) | undefined {
  const name = local.exec(text.slice(Math.max(from, at - 64), at))?.[0]
  mailDomain.lastIndex = at
  const host = mailDomain.exec(text)?.[0]
  if (name === undefined || host === undefined) return undefined
  const end = at + host.length
  if (/[\w-]/.test(text[end] ?? "")) return undefined
  return { href: `mailto:${name}${host}`, text: name + host, start: at - name.length, end }
}
