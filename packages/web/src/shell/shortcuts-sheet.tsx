import { For } from "solid-js"
import { Dialog } from "../ui/dialog.tsx"
import { Icon } from "../ui/icon.tsx"
import { isApple, shortcuts } from "./keyboard.ts"
import "./shortcuts-sheet.css"

/** The sheet of keys that `?` opens. */
export default function ShortcutsSheet(props: { onClose: () => void }) {
  return (
    <Dialog label="Keys" class="menu keys-sheet" onClose={props.onClose}>
      <header>
        <h2>Keys</h2>
        <button type="button" class="tool" aria-label="Close" autofocus onClick={() => props.onClose()}>
          <Icon name="close" />
        </button>
      </header>
      <For each={shortcuts(isApple)}>
        {(group) => (
          <section>
            <h3>{group.label}</h3>
            <dl>
              <For each={group.keys}>
                {(shortcut) => (
                  <div>
                    <dt>{shortcut.does}</dt>
                    <dd class="keys">
                      <For each={shortcut.keys}>{(key) => <kbd>{key}</kbd>}</For>
                    </dd>
                  </div>
                )}
              </For>
            </dl>
          </section>
        )}
      </For>
    </Dialog>
  )
}
