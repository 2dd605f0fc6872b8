import type { JSX } from "solid-js"
import type { Keep } from "../runtime/keep.ts"
import { FrontPage } from "../shell/front-page.tsx"
import "./door.css"

/** A page before the app: what there is to say, and what there is to do. */
export function Door(props: {
  keep: Keep
  title: string
  lead: JSX.Element
  children: JSX.Element
  foot?: JSX.Element
}) {
  return (
    <FrontPage keep={props.keep} kind="door" title={props.title} lead={props.lead} foot={props.foot}>
      {props.children}
    </FrontPage>
  )
}
