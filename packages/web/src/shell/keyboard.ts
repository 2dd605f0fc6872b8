/** The commands that keys stand for wherever the reader is. */
export type Command = "palette" | "new-chat" | "shortcuts" | "stop"

export type KeyPress = {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  shiftKey: boolean
  altKey: boolean
  isComposing: boolean
  defaultPrevented: boolean
  /** The focus is in something one types into. */
  typing: boolean
  /** A dialog or menu is open, which has keys of its own. */
  covered: boolean
}

export function commandOf(press: KeyPress): Command | undefined {
  if (press.isComposing || press.defaultPrevented || press.altKey) return undefined
  const key = press.key.toLowerCase()
  if (press.ctrlKey || press.metaKey) {
    if (key === "k" && !press.shiftKey) return "palette"
    if (key === "o" && press.shiftKey && !press.covered) return "new-chat"
    return undefined
  }
  if (press.covered) return undefined
  if (key === "escape") return "stop"
  return key === "?" && !press.typing ? "shortcuts" : undefined
}

export const isApple = typeof navigator !== "undefined" && /mac|iphone|ipad/i.test(navigator.platform)

export type Shortcut = { keys: string[]; does: string }

/** What the sheet of keys lists. */
export function shortcuts(apple: boolean): { label: string; keys: Shortcut[] }[] {
  const command = apple ? "⌘" : "Ctrl"
  const shift = apple ? "⇧" : "Shift"
  return [
    {
      label: "Anywhere",
      keys: [
        { keys: [command, "K"], does: "Search and commands" },
        { keys: [command, shift, "O"], does: "New chat" },
        { keys: ["Esc"], does: "Stop the answer" },
        { keys: ["?"], does: "This list" },
      ],
    },
    {
      label: "While writing",
      keys: [
        { keys: ["Enter"], does: "Send" },
        { keys: [shift, "Enter"], does: "New line" },
        { keys: ["↑"], does: "Edit the last message, when nothing is written" },
      ],
    },
    {
      label: "In lists and menus",
      keys: [
        { keys: ["↑", "↓"], does: "Move" },
        { keys: ["Enter"], does: "Choose" },
        { keys: ["Esc"], does: "Close" },
      ],
    },
  ]
}
