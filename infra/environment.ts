import { users } from "./auth.ts"
import { bucket } from "./bucket.ts"
import { models } from "./model.ts"
import { poolEnvironment } from "./pool/environment.ts"
import { openAiKey } from "./secret.ts"
import { socket } from "./socket.ts"
import { fullName, stage } from "./stage.ts"
import { table } from "./table.ts"

/** How tokens are told to be ours. */
export const tokenEnvironment = {
  TOKEN_ISSUER: users.issuer,
  TOKEN_CLIENT_ID: users.clientId,
}

/** What every function but the authorizer needs to know. */
export const environment = {
  ...tokenEnvironment,
  TABLE_NAME: table.name,
  BUCKET_NAME: bucket.name,
  SOCKET_URL: socket.url,
  SOCKET_ENDPOINT: socket.managementEndpoint,
  WORKER_FUNCTION: fullName("worker"),
  BEDROCK_MODELS: models,
  ...(stage.aliases !== undefined && { MODEL_ALIASES: stage.aliases }),
  ...poolEnvironment,
}

/** For those that ask models, or which there are. */
export const modelEnvironment: Record<string, $util.Input<string>> = stage.openAiUrl !== undefined &&
openAiKey !== undefined
  ? { OPENAI_BASE_URL: stage.openAiUrl, OPENAI_API_KEY: openAiKey.value }
  : {}
