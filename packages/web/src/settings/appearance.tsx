import { For, createSignal } from "solid-js"
import { useApp } from "../runtime/context.tsx"
import { readTheme, setTheme } from "../shell/theme.ts"
import type { Theme } from "../shell/theme.ts"

const themes: { id: Theme; name: string }[] = [
  { id: "system", name: "System" },
  { id: "light", name: "Light" },
  { id: "dark", name: "Dark" },
]

/** Light or dark. It is this browser's own choice. */
export function Appearance() {
  const app = useApp()
  const [theme, choose] = createSignal(readTheme(app.keep))
  return (
    <section aria-labelledby="appearance">
      <h2 id="appearance">Appearance</h2>
      <div class="setting">
        <div>
          <h3 id="theme">Theme</h3>
          <p class="note">For this browser.</p>
        </div>
        <div class="choice" role="radiogroup" aria-labelledby="theme">
          <For each={themes}>
            {(one) => (
              <label>
                <input
                  type="radio"
                  name="theme"
                  value={one.id}
                  checked={theme() === one.id}
                  onChange={() => {
                    choose(one.id)
                    setTheme(app.keep, one.id)
                  }}
                />
                {one.name}
              </label>
            )}
          </For>
        </div>
      </div>
    </section>
  )
}
