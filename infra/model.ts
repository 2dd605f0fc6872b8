import type { Permission } from "./function.ts"
import { arnOf, place } from "./stage.ts"

/**
 * The models of Bedrock that are offered; to offer another, add it here. They are asked through the inference profile of
 * the region's part of the world, which reaches more models than a region by itself. The price is dollars per million
 * tokens of output.
 */
const offered = [
  {
    model: "amazon.nova-lite-v1:0",
    name: "Nova Lite",
    contextLength: 300_000,
    maxOutputTokens: 5_000,
    outputPrice: 0.24,
  },
  {
    model: "amazon.nova-micro-v1:0",
    name: "Nova Micro",
    contextLength: 128_000,
    maxOutputTokens: 5_000,
    outputPrice: 0.14,
  },
  {
    model: "amazon.nova-pro-v1:0",
    name: "Nova Pro",
    contextLength: 300_000,
    maxOutputTokens: 5_000,
    outputPrice: 3.2,
  },
]

/** The parts of the world that Bedrock's inference profiles are named after. */
const parts: [region: RegExp, part: string][] = [
  [/^us-gov-/, "us-gov"],
  [/^us-/, "us"],
  [/^eu-/, "eu"],
  [/^ap-/, "apac"],
]

/** What functions are told of the models: BEDROCK_MODELS. */
export const models = place.region.apply((region) =>
  JSON.stringify(offered.map(({ model, ...facts }) => ({ id: `${partOf(region)}.${model}`, ...facts }))),
)

/** To ask the models that are offered and no others: through the profile, in whichever region of it has room. */
export const askModels: Permission = {
  actions: ["bedrock:InvokeModelWithResponseStream"],
  resources: offered.flatMap(({ model }) => [
    arnOf(
      "bedrock",
      place.region.apply((region) => `inference-profile/${partOf(region)}.${model}`),
    ),
    $interpolate`arn:${place.partition}:bedrock:*::foundation-model/${model}`,
  ]),
}

function partOf(region: string): string {
  const found = parts.find(([known]) => known.test(region))
  if (found !== undefined) return found[1]
  throw new Error(
    `Bedrock has no inference profile for the region ${region}. Deploy to one whose name begins with us-, eu- or ap-, ` +
      "for instance with AWS_REGION=us-east-1",
  )
}
