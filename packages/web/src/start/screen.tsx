import { useNavigate } from "@solidjs/router"
import { Show, createEffect, createMemo, createSignal, on, onCleanup, onMount } from "solid-js"
import { useApp } from "../runtime/context.tsx"
import { AddressField } from "../settings/address-field.tsx"
import { addressOf } from "../settings/addresses.ts"
import { Saving, createSaving } from "../settings/saving.tsx"
import { announce } from "../shell/announcer.tsx"
import { FrontPage } from "../shell/front-page.tsx"
import { Icon } from "../ui/icon.tsx"
import { BedrockCard } from "./bedrock-card.tsx"
import { CheckLine } from "./check-line.tsx"
import { bedrockCheck, lead, ollamaCheck, openAiCheck } from "./checks.ts"
import { Fixed } from "./fixed.tsx"
import { OpenAiCard } from "./openai-card.tsx"
import "./start.css"

/** How often one looks whether a model has come (ms), and how long it is seen before the way leads on. */
const lookAgain = 2000
const seen = 1600

/** Nothing to talk to yet: three ways to get there, each saying how far it is. */
export default function StartScreen() {
  const app = useApp()
  const navigate = useNavigate()
  const { state } = app.catalogue
  const [asked, setAsked] = createSignal<"ollama" | "openai">()
  const saving = createSaving(app)
  const ollama = createMemo(() => ollamaCheck(state.sources))
  const openAi = createMemo(() => openAiCheck(state.sources))
  /** Undefined where the environment does not turn it on. */
  const bedrock = createMemo(() => {
    const isOn = state.settings?.bedrock !== undefined || state.sources.some(({ provider }) => provider === "bedrock")
    return isOn ? bedrockCheck(state.sources) : undefined
  })
  const ready = () => [ollama(), openAi(), bedrock()].some((check) => check?.ready)
  const go = () => navigate("/", { replace: true })

  onMount(() => {
    void app.catalogue.look()
    const timer = setInterval(() => void app.catalogue.look(), lookAgain)
    onCleanup(() => clearInterval(timer))
    document.title = "Welcome · OmniChat"
  })
  // It leads on by itself, but not away from somebody who is writing.
  createEffect(
    on(ready, (now) => {
      if (!now) return
      announce("A model is here")
      const timer = setTimeout(() => {
        if (!document.activeElement?.matches("input")) go()
      }, seen)
      onCleanup(() => clearTimeout(timer))
    }),
  )
  const demo = async () => {
    if (state.settings?.demo.value || (await saving.save({ demo: true }))) go()
  }

  return (
    <FrontPage
      keep={app.keep}
      kind="start"
      title="Connect a first model"
      lead={state.sources.length === 0 ? "" : lead(state.sources)}
      foot={
        <>
          Everything is kept in one folder on this computer
          <Show when={state.settings}>{(settings) => <>: {settings().data.folder}</>}</Show>.
        </>
      }
    >
      <div class="cards">
        <section class="card first" aria-labelledby="card-ollama">
          <h2 id="card-ollama">
            <Icon name="machine" />
            Ollama on this computer
          </h2>
          <p>Free and private. Works without a network once a model is here.</p>
          <Show when={asked() === "ollama"} fallback={<OllamaSteps />}>
            <OtherAddress onDone={() => setAsked(undefined)} />
          </Show>
          <div class="foot">
            <CheckLine check={ollama()} />
            <Show
              when={ollama().ready}
              fallback={
                <Show when={!state.settings?.ollamaUrls.fixed} fallback={<Fixed by="OLLAMA_URLS" />}>
                  <Show when={asked() !== "ollama"}>
                    <button type="button" class="button" onClick={() => setAsked("ollama")}>
                      Other address
                    </button>
                  </Show>
                </Show>
              }
            >
              <button type="button" class="button strong" onClick={go}>
                Start chatting
              </button>
            </Show>
          </div>
        </section>
        <Show
          when={bedrock()}
          fallback={
            <OpenAiCard
              check={openAi()}
              asked={asked() === "openai"}
              onAsk={() => setAsked("openai")}
              bedrockIsOff={state.sources.length > 0}
              go={go}
            />
          }
        >
          {(check) => <BedrockCard check={check()} go={go} />}
        </Show>
        <section class="card" aria-labelledby="card-demo">
          <h2 id="card-demo">
            <Icon name="compass" />
            Look around first
          </h2>
          <p>The demo model answers from a script. It streams like a real one.</p>
          <p class="how extra">Nothing to install, no account, and no word leaves this computer.</p>
          <div class="foot">
            <CheckLine check={{ state: "found", text: "Ready", ready: true }} quiet />
            <button type="button" class="button" disabled={saving.busy()} onClick={() => void demo()}>
              Open the demo
            </button>
            <Saving saving={saving} />
          </div>
        </section>
      </div>
      <Show when={bedrock()}>
        <div class="also">
          <p>
            A server that speaks OpenAI's language can join too:{" "}
            <a class="link" href="/settings">
              its address goes into Settings
            </a>
            .
          </p>
          <Show when={openAi().state !== "none"}>
            <CheckLine check={openAi()} />
          </Show>
        </div>
      </Show>
    </FrontPage>
  )
}

function OllamaSteps() {
  return (
    <ol class="how">
      <li>
        <b aria-hidden="true">1</b>
        <span>
          Install it from{" "}
          <a class="link" href="https://ollama.com/download" target="_blank" rel="noopener noreferrer external">
            ollama.com
          </a>
        </span>
      </li>
      <li>
        <b aria-hidden="true">2</b>
        <span>
          Run <code>ollama pull qwen3:4b</code>
        </span>
      </li>
    </ol>
  )
}

/** Where else Ollama might be. */
function OtherAddress(props: { onDone: () => void }) {
  const app = useApp()
  const saving = createSaving(app)
  const [text, setText] = createSignal("")
  const save = async () => {
    const address = addressOf(text())
    if (address !== undefined && (await saving.save({ ollamaUrls: [address] }))) props.onDone()
  }
  return (
    <form
      class="how"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <div class="fields">
        <label>
          Address
          <AddressField focused placeholder="http://192.168.1.20:11434" value={text()} onInput={setText} />
        </label>
      </div>
      <div class="saving">
        <button type="submit" class="button" disabled={saving.busy() || addressOf(text()) === undefined}>
          Look there
        </button>
        <button type="button" class="button plain" onClick={() => props.onDone()}>
          Cancel
        </button>
      </div>
      <Saving saving={saving} />
    </form>
  )
}
