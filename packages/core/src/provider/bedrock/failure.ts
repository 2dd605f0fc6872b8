import { OmniError } from "../../protocol/error.ts"
import { clip, unreachable } from "../failure.ts"
import type { Adaptation } from "./request.ts"
import type { ConverseInput } from "./wire.ts"

const busy: ReadonlySet<string> = new Set([
  "ThrottlingException",
  "TooManyRequestsException",
  "ServiceUnavailableException",
  "ServiceQuotaExceededException",
  "ModelNotReadyException",
])
const credentialFailures: ReadonlySet<string> = new Set([
  "CredentialsProviderError",
  "ExpiredToken",
  "ExpiredTokenException",
  "IncompleteSignatureException",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "MissingAuthenticationTokenException",
  "TokenProviderError",
  "UnrecognizedClientException",
])
const nameOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.name : "")
const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

/** Whether the same request may be taken in a moment, or by another model. */
export const isBusy = (thrown: unknown): boolean => busy.has(nameOf(thrown))

/** Whether waiting a few seconds cannot help: a quota of the day, or one that has to be raised. */
export const isSpent = (thrown: unknown): boolean =>
  nameOf(thrown) === "ServiceQuotaExceededException" || /per day|daily/i.test(messageOf(thrown))

/**
 * How to ask a model that the table does not know once more, after its refusal: without what it names. Undefined where
 * that is not the reason.
 */
export function simplerFor(thrown: unknown, { messages, inferenceConfig }: ConverseInput): Adaptation | undefined {
  if (nameOf(thrown) !== "ValidationException") return undefined
  const { temperature, topP } = inferenceConfig
  const message = messageOf(thrown)
  if (/temperature|top_?p\b/i.test(message) && (temperature !== undefined || topP !== undefined)) {
    return { sampling: temperature !== undefined && topP !== undefined ? "one" : "none" }
  }
  const goesOn = messages.at(-1)?.role === "assistant"
  return goesOn && /prefill|(last|final) (turn|message)|user message/i.test(message) ? { prefill: false } : undefined
}

/** AWS's error instead of an answer, as one that a person can act on. `model` is what Bedrock calls it. */
export function bedrockError(model: string, thrown: unknown): OmniError {
  const advice = "See that its endpoint can be reached from here, and try again."
  return byName(model, thrown) ?? unreachable(`Bedrock (${model})`, advice, thrown)
}

/** The same for what goes wrong once the answer has begun. */
export function brokenOff(model: string, thrown: unknown): OmniError {
  const error = byName(model, thrown)
  if (error?.code === "model_unavailable" || error?.code === "upstream_failed") return error
  const why = clip(messageOf(thrown))
  const message = `${model} broke off in the middle of its answer (${why}). What was said so far is kept. Try again.`
  return new OmniError("upstream_failed", message, { cause: thrown })
}

/** The same for the list of models. */
export function listingError(region: string, thrown: unknown): OmniError {
  if (thrown instanceof OmniError) return thrown
  const where = `Bedrock in ${region}`
  const options = { cause: thrown }
  const reason = reasonOf(thrown)
  if (nameOf(thrown) === "AccessDeniedException") {
    const advice = "Allow its role or user bedrock:ListFoundationModels and bedrock:ListInferenceProfiles."
    return refused(`${where} does not tell this service which models it has (${reason}). ${advice}`, options)
  }
  if (isBusy(thrown)) {
    return new OmniError("model_unavailable", `${where} cannot list its models now (${reason}).`, options)
  }
  const advice = "Check the region, and that its endpoint can be reached from here."
  return byCredentials(thrown) ?? unreachable(where, advice, thrown)
}

/** What Bedrock or the SDK says, in one line. */
function reasonOf(thrown: unknown): string {
  const name = nameOf(thrown)
  const said = clip(messageOf(thrown))
  return said === "" || said === "UnknownError" ? name : `${name}: ${said}`
}

function byCredentials(thrown: unknown): OmniError | undefined {
  const name = nameOf(thrown)
  // The SDK's messages of missing credentials name files and steps of its search.
  if (!credentialFailures.has(name)) return undefined
  const options = { cause: thrown }
  const reason = reasonOf(thrown)
  const renew = "On your own machine sign in again (aws sso login) or renew the keys; on AWS check the function's role."
  if (/Expired/.test(name) || /expired/i.test(messageOf(thrown))) {
    return refused(`The AWS credentials of this service have expired (${reason}). ${renew}`, options)
  }
  return /Provider/.test(name)
    ? refused(`This service has no AWS credentials (${reason}). ${renew}`, options)
    : refused(`Bedrock does not take this service's credentials (${reason}). ${renew}`, options)
}

function byName(model: string, thrown: unknown): OmniError | undefined {
  if (thrown instanceof OmniError) return thrown
  const name = nameOf(thrown)
  const message = messageOf(thrown)
  const reason = reasonOf(thrown)
  const options = { cause: thrown }
  if (busy.has(name)) {
    const advice = isSpent(thrown)
      ? "Its quota is used up: choose another model, or have the quota raised."
      : "Try again in a moment."
    return new OmniError("model_unavailable", `${model} cannot answer now (${reason}). ${advice}`, options)
  }
  if (name === "AccessDeniedException") {
    const advice =
      "Open the model once in the Bedrock console's model catalogue in this region and accept its terms, and see that " +
      "the role or user of this service may call bedrock:InvokeModelWithResponseStream and bedrock:InvokeModel on it; " +
      "then try again."
    return refused(`Bedrock does not let this service use ${model} (${reason}). ${advice}`, options)
  }
  if (name === "ResourceNotFoundException") {
    const text = `Bedrock has no model ${model} in this region (${reason}). Choose another model.`
    return new OmniError("model_not_found", text, options)
  }
  if (name === "ValidationException") return byRefusal(model, message, reason, options)
  if (/^(Model|InternalServer|Internal)\w*(Exception|Error)$/.test(name)) {
    return new OmniError("upstream_failed", `${model} failed (${reason}). Try again.`, options)
  }
  return byCredentials(thrown)
}

const isTooLong =
  /too long|too many (input )?tokens|context (window|length)|exceed\w* .*(tokens|context)|maximum .*tokens/i

function byRefusal(model: string, message: string, reason: string, options: { cause: unknown }): OmniError {
  if (/on-demand throughput|inference profile/i.test(message)) {
    const advice = "Name the inference profile instead of the model where this service's models are configured."
    return refused(`${model} is reached by an inference profile only (${reason}). ${advice}`, options)
  }
  if (isTooLong.test(message)) {
    const advice =
      "Ask in a new chat, go back to an earlier message, take out files, or choose a model that reads more."
    return new OmniError("invalid", `This chat is longer than ${model} can read (${reason}). ${advice}`, options)
  }
  return new OmniError("invalid", `${model} refuses this request (${reason}).`, options)
}

/** For an answer without an end. */
export const endless = (model: string): OmniError =>
  new OmniError(
    "upstream_failed",
    `${model} ended its answer without an end mark. What was said so far is kept. Try again.`,
  )

export const malformed = (model: string, what: string): OmniError =>
  new OmniError("upstream_failed", `${model} gave something that cannot be used (${what}). Try again.`)

const refused = (message: string, options: { cause: unknown }): OmniError =>
  new OmniError("model_unavailable", message, { ...options, retryable: false })
