import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { workspaceRoot } from "../../scripts/lib/files.mjs"
import { flawsInAllColours } from "./support/axe.ts"
import { phone, wide } from "./support/scene.ts"
import { useSignInScenes } from "./support/sign-in-scene.ts"
import type { SignInScene } from "./support/sign-in-scene.ts"
import type { Visit } from "./support/visit.ts"

const scenes = useSignInScenes()
const screenshots = join(workspaceRoot, "artifacts/screenshots")

type State = { name: string; go: (scene: SignInScene) => Promise<Visit> }

const states: State[] = [
  {
    name: "sign-in",
    async go(scene) {
      const app = await scene.visit()
      await app.signInButton().waitFor()
      return app
    },
  },
  {
    name: "sign-in-trouble",
    async go(scene) {
      const app = await scene.visit()
      await app.signInButton().click()
      await app.atProvider("Cancel")
      await app.page.getByRole("alert").waitFor()
      return app
    },
  },
  {
    name: "waiting-to-be-let-in",
    async go(scene) {
      scene.expectProblems(/status of 403/)
      scene.provider.groups.set("ada@example.org", ["pending"])
      const app = await scene.visit()
      await app.signIn()
      await app.signInButton("Look again").waitFor()
      return app
    },
  },
  {
    name: "signed-in",
    async go(scene) {
      const app = await scene.visit()
      await app.signIn("ada.lovelace@analytical-engine.example.org")
      await app.modelButton.getByText("echo").waitFor()
      const list = app.page.getByRole("button", { name: "Open the chat list" })
      if (await list.isVisible()) await list.click()
      await app.signOutButton.click({ trial: true })
      return app
    },
  },
  {
    name: "session-ended",
    async go(scene) {
      scene.expectProblems(/status of 40[01]/, /WebSocket connection/)
      scene.provider.accessTokenSeconds = 2
      const app = await scene.visit()
      await app.signIn()
      await app.ask("What is a queue?")
      scene.provider.forget()
      await app.signInButton("Sign in again").waitFor()
      return app
    },
  },
]

describe.each([
  { device: "wide", context: wide },
  { device: "phone", context: phone },
])("on a $device screen", ({ device, context }) => {
  test.each(states)("axe finds nothing to complain of: $name", async ({ name, go }) => {
    const scene = await scenes.open({ context })
    const { page } = await go(scene)
    const found = await flawsInAllColours(page, (colorScheme) =>
      page.screenshot({ path: join(screenshots, `${name}-${device}-${colorScheme}.png`) }),
    )
    expect(found).toEqual([])
    const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement)
    expect(scrollWidth).toBe(clientWidth)
  })
})
