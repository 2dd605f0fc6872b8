import { Show } from "solid-js"
import { useApp } from "../runtime/context.tsx"
import { OpenAiForm } from "../settings/openai-form.tsx"
import { Icon } from "../ui/icon.tsx"
import { CheckLine } from "./check-line.tsx"
import type { Check } from "./checks.ts"
import { Fixed } from "./fixed.tsx"

/** Any other server: its form opens when one asks for it. */
export function OpenAiCard(props: {
  check: Check
  asked: boolean
  onAsk: () => void
  /** It is known that no AWS credentials are there. */
  bedrockIsOff: boolean
  go: () => void
}) {
  const { state } = useApp().catalogue
  const fixed = () => state.settings?.openaiBaseUrl.fixed && state.settings.openaiApiKey.fixed
  return (
    <section class="card" aria-labelledby="card-openai">
      <h2 id="card-openai">
        <Icon name="plug" />
        An OpenAI-compatible server
      </h2>
      <p>LM Studio, llama.cpp, vLLM, or a service that speaks the same language.</p>
      <Show
        when={props.asked && state.settings}
        fallback={
          <div class="how">
            <p class="extra">You need its address, and a key if it asks for one.</p>
            <Show when={props.bedrockIsOff}>
              <p>AWS credentials in the environment bring Amazon Bedrock's models.</p>
            </Show>
          </div>
        }
      >
        {(settings) => (
          <div class="how">
            <OpenAiForm settings={settings()} button="Connect" first />
          </div>
        )}
      </Show>
      <div class="foot">
        <CheckLine check={props.check} />
        <Show
          when={props.check.ready}
          fallback={
            <Show when={!fixed()} fallback={<Fixed by="OPENAI_BASE_URL" />}>
              <Show when={!props.asked}>
                <button type="button" class="button" onClick={() => props.onAsk()}>
                  Add a server
                </button>
              </Show>
            </Show>
          }
        >
          <button type="button" class="button strong" onClick={() => props.go()}>
            Start chatting
          </button>
        </Show>
      </div>
    </section>
  )
}
