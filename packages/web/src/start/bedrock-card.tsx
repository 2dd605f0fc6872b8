import { Show } from "solid-js"
import { Icon } from "../ui/icon.tsx"
import { CheckLine } from "./check-line.tsx"
import type { Check } from "./checks.ts"

/** Amazon Bedrock, where the environment turns it on: there is nothing to set here, only to say how it is. */
export function BedrockCard(props: { check: Check; go: () => void }) {
  return (
    <section class="card" aria-labelledby="card-bedrock">
      <h2 id="card-bedrock">
        <Icon name="cloud" />
        Amazon Bedrock
      </h2>
      <p>Claude, Nova, Llama and others in your own AWS account. You pay per token.</p>
      <p class="how extra">The AWS credentials in the environment turn it on.</p>
      <div class="foot">
        <CheckLine check={props.check} />
        <Show when={props.check.ready}>
          <button type="button" class="button strong" onClick={() => props.go()}>
            Start chatting
          </button>
        </Show>
      </div>
    </section>
  )
}
