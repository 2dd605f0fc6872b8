import { Show } from "solid-js"
import type { Source } from "@omnichat/core/protocol/settings"
import { stateOf } from "./source-state.ts"

/** Amazon Bedrock as the environment turns it on. There is nothing to set here. */
export function Bedrock(props: { region: string | null; sources: Source[] }) {
  const source = () => props.sources.find(({ provider }) => provider === "bedrock")
  const state = () => stateOf(source())
  return (
    <div class="setting">
      <div>
        <h3>Amazon Bedrock</h3>
        <p class="note">
          <Show
            when={props.region}
            fallback={
              <>
                The models of your AWS account. Set by the environment, which names no region: that goes into{" "}
                <code>AWS_REGION</code>.
              </>
            }
          >
            The models of your AWS account in {props.region}. Set by the environment.
          </Show>
        </p>
      </div>
      <span class="server-state note">{state().text}</span>
      <Show when={source()?.error}>
        <p class="wide problem">{source()?.error}</p>
      </Show>
      <Show when={source()?.state === "found" && source()?.models.length === 0}>
        <p class="wide problem">
          <code>OMNICHAT_BEDROCK_MODELS</code> leaves none of them.
        </p>
      </Show>
    </div>
  )
}
