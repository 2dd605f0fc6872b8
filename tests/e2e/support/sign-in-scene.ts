import type { Browser, BrowserContextOptions, Page } from "playwright-core"
import { watch } from "../../support/browser.ts"
import { startSignInProvider } from "../../support/oidc-provider.ts"
import type { SignInProvider } from "../../support/oidc-provider.ts"
import type { OllamaModel } from "../../support/ollama-stand-in.ts"
import { BrowserScene, useBrowserScenes } from "./browser-scene.ts"
import { openCloud } from "./cloud.ts"
import { wide } from "./scene.ts"
import { Visit } from "./visit.ts"

export type SignInSceneOptions = { models?: OllamaModel[]; context?: BrowserContextOptions }

/** The service on AWS, the provider its accounts are at, a model, and a browser in front of it all: nobody has signed in. */
export class SignInScene extends BrowserScene<Visit> {
  readonly provider: SignInProvider

  private constructor(made: Pick<SignInScene, "stage" | "provider" | "context" | "watch">) {
    super(made)
    this.provider = made.provider
  }

  static async open(browser: Browser, { models, context: its }: SignInSceneOptions): Promise<SignInScene> {
    const provider = await startSignInProvider()
    // Cognito's, for a page that was closed before the answer came.
    provider.graceSeconds = 60
    const [stage, context] = await Promise.all([
      openCloud(provider, models === undefined ? {} : { models }),
      browser.newContext({ ...wide, timezoneId: "UTC", ...its }),
    ])
    return new SignInScene({ stage, provider, context, watch: await watch(context) })
  }

  protected tab(page: Page): Visit {
    return new Visit(page)
  }

  override async close(): Promise<string[]> {
    const problems = await super.close()
    await this.provider.close()
    return problems
  }
}

/** One browser for the tests of a file, and for each of them what it opens. */
export const useSignInScenes = () => useBrowserScenes<SignInScene, SignInSceneOptions>(SignInScene.open)
