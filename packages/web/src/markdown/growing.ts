import type { Root } from "./block/block.ts"
import type { Definitions } from "./block/definition.ts"
import { BlockParser } from "./block/parse.ts"
import { findLineEnd, isUndecided } from "./lines.ts"

/** What a text is made of at a moment. `fresh` tells that it is another text than before and not its continuation. */
export type Reading = { readonly root: Root; readonly definitions: Definitions; readonly fresh: boolean }

/** Reads a text that grows: every whole line once, and only the unfinished last line again and again. */
export class GrowingText {
  private parser = new BlockParser()
  private text = ""
  /** Where the unfinished line begins. */
  private line = 0
  /** Up to here it holds no line end. */
  private searched = 0

  /**
   * Reads the text as it is now. What it is said to be while `growing` may still change in its open blocks; when it is
   * not growing, the result is that of reading the whole text at once. It may go on growing after that.
   */
  read(text: string, growing: boolean): Reading {
    const fresh = !text.startsWith(this.text)
    if (fresh) this.restart()
    this.text = text
    for (let end = findLineEnd(text, this.searched); end; end = findLineEnd(text, end.next)) {
      this.parser.push(text.slice(this.line, end.at))
      this.line = end.next
    }
    this.searched = Math.max(this.line, text.length - 1)
    const parser = this.parser.fork()
    const rest = text.slice(this.line)
    if (growing) {
      if (!isUndecided(rest)) parser.push(rest)
      parser.foresee()
    } else {
      if (rest !== "") parser.push(rest.endsWith("\r") ? rest.slice(0, -1) : rest)
      parser.finish()
    }
    return { root: parser.root, definitions: parser.definitions, fresh }
  }

  private restart(): void {
    this.parser = new BlockParser()
    this.line = this.searched = 0
  }
}
