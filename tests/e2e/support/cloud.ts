import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb"
import { dynamoTable } from "@omnichat/functions/aws/dynamo"
import type { Browser } from "playwright-core"
import { startSignInProvider, subjectOf } from "../../support/oidc-provider.ts"
import type { SignInProvider } from "../../support/oidc-provider.ts"
import { usualModels } from "../../support/ollama-stand-in.ts"
import type { OllamaModel } from "../../support/ollama-stand-in.ts"
import { echoModel } from "../../support/runtime.ts"
import { startOnAws } from "../../support/runtime-aws.ts"
import { testCredentials } from "../../support/sigv4.ts"
import type { ScriptedModel } from "../../support/upstream.ts"
import { writeChats } from "./history.ts"
import type { PastChat } from "./history.ts"
import { built } from "./service.ts"
import type { Key, MachineOptions, Stage, StageOptions, Stages } from "./stage.ts"
import { Visit } from "./visit.ts"

const email = "ada@example.org"

/** AWS as all scenes of a file see it: their owner has one account, and signs in once. */
export async function createCloud(): Promise<Stages> {
  const provider = await startSignInProvider()
  // Each scene begins with what the browser kept when she signed in.
  provider.graceSeconds = Infinity
  let key: Promise<Key> | undefined
  return {
    async open(options) {
      const stage = await openCloud(provider, options)
      const enter = async (browser: Browser) => {
        const { headers, storageState } = await (key ??= signIn(browser, stage.url))
        const origins = storageState?.origins.map((kept) => ({ ...kept, origin: stage.url })) ?? []
        return { headers, storageState: { cookies: [], origins } }
      }
      return { ...stage, enter }
    },
    close: () => provider.close(),
  }
}

/** The service on AWS with its page behind CloudFront, for whoever has an account at the provider. */
export async function openCloud(
  provider: SignInProvider,
  options: StageOptions & MachineOptions,
): Promise<Omit<Stage, "enter">> {
  const { models = usualModels, chats } = options
  if (models === "nobody" || options.ollamaUrl !== undefined || options.env !== undefined) {
    throw new Error("this scene is one machine's")
  }
  await built()
  const aws = await startOnAws({
    models: models.map(asScripted),
    issuer: provider,
    ...(options.gpu !== undefined && { gpu: options.gpu }),
    ...(chats !== undefined && { beforeTable: (url) => fill(url, chats) }),
  })
  const { httpUrl, upstream, errors, stop } = aws
  provider.site = httpUrl
  const script = ({ name, ...rest }: OllamaModel) => upstream.script(nameOf(name), rest)
  for (const model of models) script(model)
  const { asked, held, release } = upstream
  return { url: httpUrl, others: [provider.url], errors, aws, models: { script, asked, held, release }, stop }
}

const nameOf = (name: string): string => name.replace(/:latest$/, "")

function asScripted({ name, capabilities = [], contextLength }: OllamaModel): ScriptedModel {
  const kind = capabilities.includes("vision") ? "images" : capabilities.includes("thinking") ? "thinking" : "plain"
  return { name: nameOf(name), kind, ...(contextLength !== undefined && { contextLength }) }
}

/** As a person does, in a browser of its own. */
async function signIn(browser: Browser, url: string): Promise<Key> {
  const context = await browser.newContext()
  const visit = new Visit(await context.newPage())
  await visit.page.goto(url)
  const [asking] = await Promise.all([
    visit.page.waitForRequest((request) => request.url().startsWith(`${url}/api/`) && tokenIn(request) !== undefined),
    visit.signIn(email),
  ])
  await visit.modelButton.waitFor()
  const storageState = await context.storageState()
  // Of the page, not of the provider's.
  const origins = storageState.origins.filter(({ origin }) => origin === url)
  await context.close()
  return { storageState: { cookies: [], origins }, headers: { authorization: tokenIn(asking) ?? "" } }
}

const tokenIn = (request: { headers(): Record<string, string> }): string | undefined =>
  request.headers()["authorization"]

/** Of a table that no function has seen yet. Gives the table's address back. */
async function fill(url: string, chats: PastChat[]): Promise<string> {
  const client = new DynamoDBClient({ endpoint: url, region: "us-east-1", credentials: testCredentials })
  const { TableNames: [tableName] = [] } = await client.send(new ListTablesCommand())
  if (tableName === undefined) throw new Error(`there is no table at ${url}`)
  const table = dynamoTable({ client, tableName, now: Date.now })
  await writeChats(table, chats, { owner: subjectOf(email), model: echoModel })
  client.destroy()
  return url
}
