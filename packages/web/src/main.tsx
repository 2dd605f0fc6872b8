import { createClient } from "@omnichat/client/client"
import type { ClientOptions } from "@omnichat/client/client"
import { Route, Router } from "@solidjs/router"
import { lazy } from "solid-js"
import { render } from "solid-js/web"
import { closeComposings } from "./chat/composings.ts"
import { ChatScreen } from "./chat/screen.tsx"
import type { Mode } from "./models/choice.ts"
import type { Account } from "./runtime/account.ts"
import { createApp } from "./runtime/app.ts"
import { AppProvider } from "./runtime/context.tsx"
import { browserKeep } from "./runtime/keep.ts"
import type { Keep } from "./runtime/keep.ts"
import { solidHolder } from "./runtime/solid-holder.ts"
import { Shell } from "./shell/shell.tsx"
import { StageProvider, createStage } from "./shell/stage.tsx"
import { followTheme } from "./shell/theme.ts"
import { followKeyboard } from "./shell/viewport.ts"
import { readConfig } from "./sign-in/config.tsx"

const SettingsScreen = lazy(() => import("./settings/screen.tsx"))
const PoolScreen = lazy(() => import("./pool/screen.tsx"))
const StartScreen = lazy(() => import("./start/screen.tsx"))

const after = (ms: number, action: () => void) => {
  const timer = setTimeout(action, ms)
  return () => clearTimeout(timer)
}
/** Words are read as often as they are drawn. A page out of sight has its timers held up, so there they do not wait. */
const gather = () => (document.hidden ? 0 : 100)

/** The app of one person, or of whoever is at this machine. */
function openApp(options: { mode: Mode; keep: Keep; token?: NonNullable<ClientOptions["token"]>; account?: Account }) {
  const { mode, keep, token, account } = options
  const client = createClient({ gather, ...(token && { token }) })
  /** Few look at it. */
  const pool = async () => {
    const { readPool } = await import("./pool/read.ts")
    return readPool({ baseUrl: location.origin, fetch: fetch.bind(globalThis), ...(token && { token }) })
  }
  const hold = solidHolder
  const app = createApp({ client, keep, hold, now: Date.now, after, mode, pool, ...(account && { account }) })
  const stage = createStage(keep)
  const view = () => (
    <AppProvider value={app}>
      <StageProvider value={stage}>
        <Router root={Shell}>
          <Route path={["/", "/chat/:id"]} component={ChatScreen} />
          <Route path="/settings" component={SettingsScreen} />
          <Route path="/servers" component={PoolScreen} />
          <Route path="/start" component={StartScreen} />
          <Route path="*" component={ChatScreen} />
        </Router>
      </StageProvider>
    </AppProvider>
  )
  const close = () => {
    closeComposings()
    app.close()
  }
  return { view, close }
}

async function start(root: HTMLElement): Promise<void> {
  const keep = browserKeep()
  followTheme(keep)
  followKeyboard()
  const { auth, mode } = await readConfig(root)
  if (auth.kind === "oidc") {
    const { guard } = await import("./sign-in/gate.tsx")
    return guard(auth, root, keep, (options) => openApp({ mode, ...options }))
  }
  render(openApp({ mode, keep }).view, root)
}

const root = document.getElementById("root")
if (!root) throw new Error("index.html has no #root")
void start(root)
