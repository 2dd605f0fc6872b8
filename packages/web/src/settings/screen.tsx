import { For, Show, createEffect, onCleanup, onMount } from "solid-js"
import { modelGroups } from "../models/list.ts"
import { useApp } from "../runtime/context.tsx"
import { Bar } from "../shell/bar.tsx"
import { Icon } from "../ui/icon.tsx"
import { Aliases } from "./aliases.tsx"
import { Appearance } from "./appearance.tsx"
import { Bedrock } from "./bedrock.tsx"
import { OllamaServers } from "./ollama-servers.tsx"
import { OpenAiServer } from "./openai-server.tsx"
import { PoolLink } from "./pool-link.tsx"
import { Saving, createSaving } from "./saving.tsx"
import "./settings.css"

/** How often the servers are asked whether they are there, while one looks (ms). */
const lookAgain = 3000

/** Where models come from, how it looks, and where everything is kept. */
export default function SettingsScreen() {
  const app = useApp()
  const { state } = app.catalogue
  const saving = createSaving(app)
  onMount(() => {
    if (app.account) return
    void app.catalogue.load()
    void app.catalogue.look()
    const timer = setInterval(() => void app.catalogue.look(), lookAgain)
    onCleanup(() => clearInterval(timer))
  })
  createEffect(() => {
    document.title = "Settings · OmniChat"
  })

  return (
    <>
      <Bar>
        <h1 class="title">Settings</h1>
      </Bar>
      <div class="scroll" tabindex="0" role="region" aria-label="Settings">
        <div class="column settings">
          <Show
            when={state.settings}
            fallback={
              <p class="aside" role="status">
                {state.phase === "failed" ? "The settings could not be read. They come with the connection." : ""}
              </p>
            }
          >
            {(settings) => (
              <section aria-labelledby="models">
                <h2 id="models">Models</h2>
                <OllamaServers setting={settings().ollamaUrls} sources={state.sources} />
                <OpenAiServer settings={settings()} sources={state.sources} />
                <Show when={settings().bedrock}>
                  {(bedrock) => <Bedrock region={bedrock().region} sources={state.sources} />}
                </Show>
                <Show when={settings().aliases}>
                  {(aliases) => <Aliases aliases={aliases()} models={state.models} />}
                </Show>
                <div class="setting">
                  <div>
                    <label class="name" for="default-model">
                      Default model
                    </label>
                    <p class="note">Who answers in a new chat.</p>
                  </div>
                  <span class="select">
                    <select
                      id="default-model"
                      class="field"
                      onChange={(event) => void saving.save({ defaultModel: event.currentTarget.value || null })}
                    >
                      <option value="" selected={settings().defaultModel.value === null}>
                        The one used last
                      </option>
                      <For each={modelGroups(state.models, { sources: [], mode: app.mode }, "")}>
                        {(group) => (
                          <optgroup label={group.label}>
                            <For each={group.rows}>
                              {({ model }) => (
                                <option value={model.id} selected={settings().defaultModel.value === model.id}>
                                  {model.name}
                                </option>
                              )}
                            </For>
                          </optgroup>
                        )}
                      </For>
                    </select>
                    <Icon name="down" />
                  </span>
                </div>
                <div class="setting">
                  <div>
                    <h3 id="demo">Demo model</h3>
                    <p class="note">
                      Answers from a script, to look around with.
                      <Show when={settings().demo.fixed}>
                        {" "}
                        Set by <code>OMNICHAT_DEMO</code>.
                      </Show>
                    </p>
                  </div>
                  <button
                    type="button"
                    class="switch"
                    role="switch"
                    aria-labelledby="demo"
                    aria-checked={settings().demo.value}
                    disabled={settings().demo.fixed}
                    onClick={() => void saving.save({ demo: !settings().demo.value })}
                  />
                </div>
                <Saving saving={saving} />
              </section>
            )}
          </Show>
          <PoolLink />
          <Appearance />
          <Show when={state.settings}>
            {(settings) => (
              <section aria-labelledby="data">
                <h2 id="data">Data</h2>
                <div class="setting">
                  <div class="wide">
                    <h3>Everything is kept in one folder</h3>
                    <p class="note">
                      <code>{settings().data.folder}</code>
                    </p>
                  </div>
                </div>
                <div class="setting">
                  <div class="wide">
                    <h3>Version</h3>
                    <p class="note number">{settings().version}</p>
                  </div>
                </div>
              </section>
            )}
          </Show>
        </div>
      </div>
    </>
  )
}
