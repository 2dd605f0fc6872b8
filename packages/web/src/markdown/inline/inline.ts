/** The pieces a paragraph, heading or cell is made of. A newline within `text` is a line break of the source. */
export type Inline =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "break" }
  | { readonly kind: "strong" | "emphasis" | "deleted"; readonly children: readonly Inline[] }
  | { readonly kind: "link"; readonly href: string; readonly title: string; readonly children: readonly Inline[] }
  | { readonly kind: "image"; readonly src: string; readonly title: string; readonly alt: string }
  | { readonly kind: "formula"; readonly text: string; readonly display: boolean; readonly source: string }
  /** A reference to a footnote. */
  | { readonly kind: "note"; readonly label: string }

/** The words without their marks. */
export function plainText(inlines: readonly Inline[]): string {
  return inlines.map(plainOne).join("")
}

function plainOne(inline: Inline): string {
  switch (inline.kind) {
    case "text":
    case "code":
      return inline.text
    case "break":
      return "\n"
    case "image":
      return inline.alt
    case "formula":
      return inline.source
    case "note":
      return ""
    default:
      return plainText(inline.children)
  }
}
