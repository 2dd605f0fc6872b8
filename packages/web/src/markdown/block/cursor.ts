const tabStop = 4

/** A place in a line that knows its column: a tab reaches to the next multiple of four, and may be half passed. */
export class Cursor {
  readonly line: string
  at = 0
  private column = 0
  /** Columns of a passed tab that are still to come. */
  private spare = 0

  constructor(line: string) {
    this.line = line
  }

  /** The columns of white space from here to the next word. */
  indent(): number {
    let columns = this.spare
    for (let index = this.at; ; index++) {
      const character = this.line[index]
      if (character === " ") columns++
      else if (character === "\t") columns += tabStop - ((this.column + columns) % tabStop)
      else return columns
    }
  }

  /** Where the next word begins. */
  word(): number {
    let index = this.at
    while (this.line[index] === " " || this.line[index] === "\t") index++
    return index
  }

  blank(): boolean {
    return this.word() === this.line.length
  }

  /** Passes white space, at most so many columns. */
  skip(columns: number): void {
    while (columns > 0) {
      const character = this.line[this.at]
      if (this.spare === 0 && character === "\t") {
        this.spare = tabStop - (this.column % tabStop)
        this.at++
      } else if (this.spare === 0) {
        if (character !== " ") return
        this.spare = 1
        this.at++
      }
      const passed = Math.min(this.spare, columns)
      this.spare -= passed
      this.column += passed
      columns -= passed
    }
  }

  /** Passes white space and then so many characters, none of them a tab. */
  pass(characters: number): void {
    this.skip(Infinity)
    this.at += characters
    this.column += characters
  }

  /** The text from here on; what is left of a tab comes as spaces. */
  rest(): string {
    return " ".repeat(this.spare) + this.line.slice(this.at)
  }

  /** The text from the next word on. */
  words(): string {
    return this.line.slice(this.word())
  }
}
