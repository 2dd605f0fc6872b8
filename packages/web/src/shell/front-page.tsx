import type { JSX } from "solid-js"
import type { Keep } from "../runtime/keep.ts"
import { Icon } from "../ui/icon.tsx"
import { otherTheme, setTheme } from "./theme.ts"
import { Wordmark } from "./wordmark.tsx"
import "./tokens.css"
import "./base.css"
import "../ui/ui.css"
import "./front-page.css"

/** A page that stands where the app will be: the name above, what there is to say and to do, and a word below. */
export function FrontPage(props: {
  keep: Keep
  /** The class of the page's own rules. */
  kind: string
  title: string
  lead: JSX.Element
  children: JSX.Element
  foot?: JSX.Element
}) {
  return (
    <div class={`front ${props.kind}`}>
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
        <p class="lead">{props.lead}</p>
        {props.children}
      </main>
      <footer>{props.foot}</footer>
    </div>
  )
}
