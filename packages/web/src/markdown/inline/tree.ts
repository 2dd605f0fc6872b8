import { limits } from "../limits.ts"
import type { Mark, Run } from "./emphasis.ts"
import { type Inline, plainText } from "./inline.ts"

/** What reading the text leaves, in its order; marks are paired but not yet nested. */
export type Token =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "piece"; readonly piece: Inline }
  | { readonly kind: "run"; readonly run: Run }
  | { readonly kind: "link"; readonly href: string; readonly title: string }
  | { readonly kind: "end" }

type Frame = { readonly open: Mark | { href: string; title: string } | undefined; readonly children: Inline[] }

/** Nests the tokens. What is still open at the end closes there; links in links and marks too deep leave their words. */
export function nest(tokens: readonly Token[]): Inline[] {
  const frames = new Frames()
  for (const token of tokens) {
    if (token.kind === "text") frames.addText(token.text)
    else if (token.kind === "piece") frames.addPiece(token.piece)
    else if (token.kind === "link") frames.open({ href: token.href, title: token.title })
    else if (token.kind === "end") frames.close()
    else {
      for (let count = token.run.closes.length; count > 0; count--) frames.close()
      frames.addText(token.run.character.repeat(token.run.left))
      for (const mark of token.run.opens.toReversed()) frames.open(mark)
    }
  }
  return frames.finish()
}

class Frames {
  private readonly root: Frame = { open: undefined, children: [] }
  private readonly frames: Frame[] = []
  private links = 0

  addText(text: string): void {
    if (text === "") return
    const { children } = this.top
    const last = children.at(-1)
    if (last?.kind === "text") children[children.length - 1] = { kind: "text", text: last.text + text }
    else children.push({ kind: "text", text })
  }

  addPiece(piece: Inline): void {
    if (piece.kind === "link" && this.links > 0) this.addText(plainText(piece.children))
    else this.top.children.push(piece)
  }

  open(open: Mark | { href: string; title: string }): void {
    const link = typeof open !== "string"
    const drawn = this.frames.length < limits.marks
    this.frames.push(drawn ? { open, children: [] } : { open: undefined, children: this.top.children })
    if (drawn && link) this.links++
  }

  close(): void {
    const frame = this.frames.pop()
    if (frame?.open === undefined) return
    if (typeof frame.open === "string") this.top.children.push({ kind: frame.open, children: frame.children })
    else {
      this.links--
      this.top.children.push({ kind: "link", ...frame.open, children: frame.children })
    }
  }

  finish(): Inline[] {
    while (this.frames.length > 0) this.close()
    return this.root.children
  }

  private get top(): Frame {
    return this.frames.at(-1) ?? this.root
  }
}
