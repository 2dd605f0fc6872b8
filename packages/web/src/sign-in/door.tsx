import type { JSX } from "solid-js"
import type { Keep } from "../runtime/keep.ts"
import { Wordmark } from "../shell/sidebar.tsx"
import { otherTheme, setTheme } from "../shell/theme.ts"
import { Icon } from "../ui/icon.tsx"
import "../shell/tokens.css"
import "../shell/base.css"
import "../ui/ui.css"
import "./door.css"

/** A page before the app: what there is to say, and what there is to do. */
export function Door(props: { keep: Keep; title: string; children: JSX.Element; foot?: JSX.Element }) {
  return (
    <div class="door">
      <header>
        <Wordmark />
        <button
          type="button"
          class="tool"
          aria-label="Light or dark"
          onClick={() => setTheme(props.keep, otherTheme(props.keep))}
        >
          <Icon name="theme" />
        </button>
      </header>
      <main>
        <h1>{props.title}</h1>
        {props.children}
      </main>
      <footer>{props.foot}</footer>
    </div>
  )
}
