import { describe } from "@omnichat/core/log"
import { aliasProvider } from "@omnichat/core/model/aliases"
import { createCatalogue } from "@omnichat/core/model/catalogue"
import type { Catalogue } from "@omnichat/core/model/catalogue"
import type { ModelProvider, ProviderFetch } from "@omnichat/core/model/provider"
import type { Ports } from "@omnichat/core/ports"
import { OmniError } from "@omnichat/core/protocol/error"
import type { SettingsPatch, SettingsView } from "@omnichat/core/protocol/settings"
import { demoProvider } from "@omnichat/core/provider/demo/provider"
import { openaiProvider } from "@omnichat/core/provider/openai/provider"
import type { LocalAdmin } from "@omnichat/functions/http/settings"
import type { Settings } from "../settings.ts"
import { regionOf } from "./aws-region.ts"
import { machineBedrock } from "./bedrock.ts"
import type { OllamaPool } from "./ollama-pool.ts"
import { asPreferences, readPreferences, writePreferences } from "./preferences.ts"
import type { Preferences } from "./preferences.ts"
import { rememberModels } from "./remember.ts"

const usualOllama = "http://127.0.0.1:11434"

/** Which variable of the environment decides a setting, so that the app cannot. */
const variables = {
  ollamaUrls: "OLLAMA_URLS",
  openaiBaseUrl: "OPENAI_BASE_URL",
  openaiApiKey: "OPENAI_API_KEY",
  demo: "OMNICHAT_DEMO",
} as const

type Options = Pick<Ports, "table" | "clock" | "log"> & {
  fetch: ProviderFetch
  ollamas: OllamaPool
  settings: Pick<
    Settings,
    "dataFolder" | "ollamaUrls" | "openaiBaseUrl" | "openaiApiKey" | "bedrock" | "aliases" | "demo"
  >
  version: string
}

/**
 * Where this machine's models come from: the environment first, then what was set in the app, then what is usual. Bedrock
 * and aliases are the environment's alone.
 */
export async function createMachineModels(options: Options): Promise<{ catalogue: Catalogue; admin: LocalAdmin }> {
  const { table, clock, log, settings } = options
  const { aliases = [] } = settings
  const [read, region] = await Promise.all([
    readPreferences(table),
    settings.bedrock === undefined ? undefined : regionOf(settings.bedrock),
  ])
  let preferences = read
  let providers = providersOf(effective(settings, preferences), options)
  const named = aliasProvider(
    () => aliases,
    () => catalogue,
    ({ alias, model, error }) => log.info("alias-passed-on", { alias, model, error: describe(error) }),
  )
  // What the environment decides is the same as long as the process lives.
  const before = aliases.length === 0 ? [] : [named]
  const after =
    settings.bedrock === undefined ? [] : [machineBedrock({ clock, log, settings: settings.bedrock, region })]
  const catalogue: Catalogue = createCatalogue({
    sources: () => [...before, ...providers, ...after],
    late: ["bedrock"],
    demo: { provider: demoProvider({ clock }), forced: () => effective(settings, preferences).demo },
    clock,
    log,
    remember: rememberModels(table),
  })
  const view = () => viewOf(options, preferences, region)

  async function change(patch: SettingsPatch): Promise<SettingsView> {
    refuseFixed(settings, patch)
    const changed = apply(preferences, patch)
    await writePreferences(table, changed)
    preferences = changed
    providers = providersOf(effective(settings, changed), options)
    return view()
  }
  let changing: Promise<unknown> = Promise.resolve()

  return {
    catalogue,
    admin: {
      sources: () => catalogue.checkSources(),
      settings: () => Promise.resolve(view()),
      change(patch) {
        // one after the other, each on what the one before has left, whether or not that one went well
        const changed = changing.then(() => change(patch))
        changing = changed.catch(() => undefined)
        return changed
      },
    },
  }
}

type Effective = { ollamaUrls: string[]; openaiBaseUrl?: string; openaiApiKey?: string; demo: boolean }

function effective(settings: Options["settings"], preferences: Preferences): Effective {
  const openaiBaseUrl = settings.openaiBaseUrl ?? preferences.openaiBaseUrl
  const openaiApiKey = settings.openaiApiKey ?? preferences.openaiApiKey
  return {
    ollamaUrls: settings.ollamaUrls ?? preferences.ollamaUrls ?? [usualOllama],
    ...(openaiBaseUrl === undefined ? {} : { openaiBaseUrl }),
    ...(openaiApiKey === undefined ? {} : { openaiApiKey }),
    demo: settings.demo ?? preferences.demo ?? false,
  }
}

function providersOf(
  { ollamaUrls, openaiBaseUrl, openaiApiKey }: Effective,
  { fetch, ollamas }: Pick<Options, "fetch" | "ollamas">,
): ModelProvider[] {
  const pooled = ollamas.serve(ollamaUrls)
  const key = openaiApiKey === undefined ? {} : { apiKey: openaiApiKey }
  return [
    ...(pooled === undefined ? [] : [pooled]),
    ...(openaiBaseUrl === undefined ? [] : [openaiProvider({ baseUrl: openaiBaseUrl, fetch, ...key })]),
  ]
}

function refuseFixed(settings: Options["settings"], patch: SettingsPatch): void {
  for (const [name, variable] of Object.entries(variables)) {
    if (patch[name as keyof typeof variables] === undefined) continue
    if (settings[name as keyof typeof variables] === undefined) continue
    throw new OmniError(
      "conflict",
      `${name} is fixed by the environment variable ${variable}. Start the server without it to set it here.`,
    )
  }
}

/** null takes a setting away. A key goes with the server it was given for: another server never gets to see it. */
function apply(preferences: Preferences, patch: SettingsPatch): Preferences {
  const merged = { ...preferences, ...patch }
  const isElsewhere = patch.openaiBaseUrl !== undefined && patch.openaiBaseUrl !== preferences.openaiBaseUrl
  if (isElsewhere && patch.openaiApiKey === undefined) delete merged.openaiApiKey
  return asPreferences(Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)))
}

function viewOf({ settings, version }: Options, preferences: Preferences, region: string | undefined): SettingsView {
  const { bedrock, aliases } = settings
  const now = effective(settings, preferences)
  const isFixed = (name: keyof typeof variables) => settings[name] !== undefined
  return {
    ollamaUrls: { value: now.ollamaUrls.map(withoutCredentials), fixed: isFixed("ollamaUrls") },
    openaiBaseUrl: {
      value: now.openaiBaseUrl === undefined ? null : withoutCredentials(now.openaiBaseUrl),
      fixed: isFixed("openaiBaseUrl"),
    },
    openaiApiKey: { set: now.openaiApiKey !== undefined, fixed: isFixed("openaiApiKey") },
    defaultModel: { value: preferences.defaultModel ?? null, fixed: false },
    demo: { value: now.demo, fixed: isFixed("demo") },
    ...(bedrock !== undefined && { bedrock: { region: region ?? null } }),
    ...(aliases !== undefined && { aliases: aliases.map(({ id, name, targets }) => ({ id, name, targets })) }),
    data: { folder: settings.dataFolder },
    version,
  }
}

function withoutCredentials(address: string): string {
  const url = new URL(address)
  return url.username === "" && url.password === "" ? address : `${url.protocol}//${url.host}${url.pathname}`
}
