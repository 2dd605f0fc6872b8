import type { Permission } from "./function.ts"
import { baseOf } from "./offer.ts"
import { arnOf, place, stage } from "./stage.ts"

const offered = stage.bedrockModels
const isOffered = offered === undefined || offered.length > 0

/** What functions are told of Bedrock's models: BEDROCK_MODELS. Which there are, the schedule asks Bedrock. */
export const models = offered === undefined ? "live" : isOffered ? `live:${offered.join(",")}` : "[]"

/**
 * To ask the models that are offered and no others. A profile needs its models besides, in whichever region of it has room.
 * Some models call tools only where nothing is streamed, which is the other action.
 */
export const askModels: Permission[] = isOffered
  ? [
      {
        actions: ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
        resources: (offered ?? ["*"]).flatMap((id) => [
          $interpolate`arn:${place.partition}:bedrock:*::foundation-model/${baseOf(id)}`,
          arnOf("bedrock", `inference-profile/${profileOf(id)}`),
        ]),
      },
    ]
  : []

/** To ask which models there are; AWS lets it not be narrowed. */
export const listModels: Permission[] = isOffered
  ? [{ actions: ["bedrock:ListFoundationModels", "bedrock:ListInferenceProfiles"], resources: ["*"] }]
  : []

/** Without a part of the world it is in any of them. */
function profileOf(id: string): string {
  return id === "*" || baseOf(id) !== id ? id : `*.${id}`
}
