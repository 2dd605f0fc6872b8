import { someModels } from "./model-stage.ts"
import type { Change } from "../../scripts/infra/graph.mjs"

/** A mistake in infra/, and the promise that notices it. */
export type Mistake = {
  name: string
  stage?: string
  variables?: Record<string, string>
  change: Change
  noticed: string
}

export const mistakes: Mistake[] = [
  {
    name: "production can be deleted by mistake",
    stage: "production",
    change: { file: "infra/table.ts", from: "deletionProtection: stage.isProduction", to: "deletionProtection: false" },
    noticed: "what people wrote is not deleted by mistake in production, and goes with a stage that is only for trying",
  },
  {
    name: "the bucket of production is not protected",
    stage: "production",
    change: { file: "infra/bucket.ts", from: "{ protect: stage.isProduction }", to: "{}" },
    noticed: "what people wrote is not deleted by mistake in production, and goes with a stage that is only for trying",
  },
  {
    name: "the index has another key",
    change: { file: "infra/table.ts", from: 'rangeKey: "gsi1sk"', to: 'rangeKey: "sk"' },
    noticed: "the table has the keys and the index that the adapter asks for, and every key is declared",
  },
  {
    name: "the bucket is reached without encryption",
    change: { file: "infra/bucket.ts", from: "cors: false,", to: "cors: false,\n    enforceHttps: false," },
    noticed: "no bucket is public, and none is reached without encryption",
  },
  {
    name: "everybody's page may put files",
    change: { file: "infra/upload.ts", from: "[siteUrl, ...stage.otherOrigins]", to: '["*"]' },
    noticed: "a browser may put a file and get one, with the headers that it is told, from the site's origin only",
  },
  {
    name: "a function may do everything with the table",
    change: { file: "infra/table.ts", from: '"dynamodb:GetItem",', to: '"dynamodb:*",' },
    noticed: "no action is a star, and a resource only where it says why",
  },
  {
    name: "the worker may ask every model, where some are offered",
    variables: { OMNICHAT_BEDROCK_MODELS: someModels },
    change: { file: "infra/model.ts", from: "foundation-model/${baseOf(id)}`", to: "foundation-model/*`" },
    noticed: "each function may do what it does, with what is its own, and nothing else",
  },
  {
    name: "the worker may ask everything that Bedrock has, agents and guardrails too",
    change: { file: "infra/model.ts", from: "foundation-model/${baseOf(id)}`", to: "*`" },
    noticed: "no action is a star, and a resource only where it says why",
  },
  {
    name: "the schedule asks models",
    change: { file: "infra/schedule.ts", from: /listModels/g, to: "askModels" },
    noticed: "each function may do what it does, with what is its own, and nothing else",
  },
  {
    name: "the authorizer may read the table",
    change: { file: "infra/route.ts", from: "permissions: [],", to: "permissions: handleRuns," },
    noticed: "each function may do what it does, with what is its own, and nothing else",
  },
  {
    name: "the closer asks models",
    change: {
      file: "infra/worker.ts",
      from: '{ actions: ["sqs:SendMessage"]',
      to: '...askModels, { actions: ["sqs:SendMessage"]',
    },
    noticed: "each function may do what it does, with what is its own, and nothing else",
  },
  {
    name: "the whole account may take a function's role",
    change: { file: "infra/function.ts", from: "...(!($dev && isLive) &&", to: "...($dev && isLive &&" },
    noticed: "a role is taken by the service that it is for, and by nobody of this account",
  },
  {
    name: "tokens come in the address (implicit flow)",
    change: { file: "infra/sign-in.ts", from: '["code"]', to: '["code", "implicit"]' },
    noticed: "people sign in by code, without a secret, and return to real addresses",
  },
  {
    name: "the client has a secret",
    change: { file: "infra/auth.ts", from: "generateSecret: false", to: "generateSecret: true" },
    noticed: "the client as it is made has nothing that an update could put back",
  },
  {
    name: "anybody connects",
    change: { file: "infra/route.ts", from: 'route === "$connect"', to: 'route === "$default"' },
    noticed: "who connects is looked at by our authorizer, without an identity source",
  },
  {
    name: "an identity source is named",
    change: { file: "infra/route.ts", from: ", identitySources: []", to: "" },
    noticed: "who connects is looked at by our authorizer, without an identity source",
  },
  {
    name: "one limit of the gateway is left out, which makes it 0",
    change: { file: "infra/socket.ts", from: /throttlingBurstLimit: .*\n/, to: "" },
    noticed: "the gateway has both limits, a burst of a thousand actions passes, and no header is logged",
  },
  {
    name: "a failed worker's run is not closed",
    change: { file: "infra/worker.ts", from: "onFailure: closer.arn,", to: "" },
    noticed: "what nobody waits for is tried again for a bounded time, and goes where it is noticed",
  },
  {
    name: "answers of the API are cached",
    change: {
      file: "infra/web.ts",
      from: "cachePolicyId: ready.cachingDisabled",
      to: "cachePolicyId: ready.cachingOptimized",
    },
    noticed: "the API's paths go to the function as they are: not cached, not compressed, with all but the host",
  },
  {
    name: "the metrics are public",
    change: { file: "infra/web.ts", from: '"/ready"]', to: '"/ready", "/metrics"]' },
    noticed: "the API's paths go to the function as they are: not cached, not compressed, with all but the host",
  },
  {
    name: "the API's answers come in one piece",
    change: { file: "infra/api.ts", from: "streaming: true", to: "streaming: false" },
    noticed: "the API streams from its function's address, which waits a minute between two bytes",
  },
  {
    name: "a missing page of the API becomes the app's page",
    change: {
      file: "infra/web.ts",
      from: "transform: { distribution: {",
      to: 'customErrorResponses: [{ errorCode: 404, responseCode: 200, responsePagePath: "/index.html" }],\n  transform: { distribution: {',
    },
    noticed:
      "the page comes from its bucket, compressed and with its headers; only there an address may become the page",
  },
  {
    name: "a key of our own encrypts the table, for a dollar a month",
    change: {
      file: "infra/table.ts",
      from: "const own =",
      to: 'new aws.kms.Key("TableKey")\nconst own =',
    },
    noticed: "nothing has a price while nobody chats",
  },
  {
    name: "nobody hears the alarms",
    stage: "production",
    change: { file: "infra/alarm.ts", from: "alarmActions: [topic.arn],", to: "" },
    noticed: "alarms in production, fewer than the ten that are free, and each is told to somebody",
  },
]
