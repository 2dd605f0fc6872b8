import { OmniError } from "../../protocol/error.ts"
import { clip, unreachable } from "../failure.ts"

const busy: ReadonlySet<string> = new Set([
  "ThrottlingException",
  "TooManyRequestsException",
  "ServiceUnavailableException",
  "ServiceQuotaExceededException",
  "ModelNotReadyException",
])
const credentialFailures: ReadonlySet<string> = new Set([
  "CredentialsProviderError",
  "ExpiredTokenException",
  "IncompleteSignatureException",
  "InvalidSignatureException",
  "MissingAuthenticationTokenException",
  "UnrecognizedClientException",
])

/** AWS's error instead of an answer, as one that a person can act on. `model` is what Bedrock calls it. */
export function bedrockError(model: string, thrown: unknown): OmniError {
  const advice = "See that its endpoint can be reached from here, and try again."
  return byName(model, thrown) ?? unreachable(`Bedrock (${model})`, advice, thrown)
}

/** The same for what goes wrong once the answer has begun. */
export function brokenOff(model: string, thrown: unknown): OmniError {
  const error = byName(model, thrown)
  if (error?.code === "model_unavailable" || error?.code === "upstream_failed") return error
  const why = clip(thrown instanceof Error ? thrown.message : String(thrown))
  const message = `${model} broke off in the middle of its answer (${why}). What was said so far is kept. Try again.`
  return new OmniError("upstream_failed", message, { cause: thrown })
}

function byName(model: string, thrown: unknown): OmniError | undefined {
  if (thrown instanceof OmniError) return thrown
  const { name, message } = thrown instanceof Error ? thrown : { name: "", message: String(thrown) }
  const said = clip(message)
  const reason = said === "" || said === "UnknownError" ? name : `${name}: ${said}`
  const options = { cause: thrown }
  if (busy.has(name)) {
    return new OmniError("model_unavailable", `${model} cannot answer now (${reason}). Try again in a moment.`, options)
  }
  if (name === "AccessDeniedException") {
    const advice =
      "Open the model once in the Bedrock console's model catalogue in this region and accept its terms, and see that " +
      "the worker's role may call bedrock:InvokeModelWithResponseStream on it; then try again."
    return refused(`Bedrock does not let this service use ${model} (${reason}). ${advice}`, options)
  }
  if (credentialFailures.has(name)) {
    return refused(`Bedrock does not take this service's credentials (${reason}). Check the worker's role.`, options)
  }
  if (name === "ResourceNotFoundException") {
    return new OmniError("model_not_found", `Bedrock has no model ${model} in this region (${reason}).`, options)
  }
  if (name === "ValidationException" && /on-demand throughput|inference profile/i.test(message)) {
    const advice = "Name the inference profile instead of the model where this service's models are configured."
    return refused(`${model} is reached by an inference profile only (${reason}). ${advice}`, options)
  }
  if (name === "ValidationException") {
    return new OmniError("invalid", `${model} refuses this request (${reason}).`, options)
  }
  if (/^(Model|InternalServer|Internal)\w*(Exception|Error)$/.test(name)) {
    return new OmniError("upstream_failed", `${model} failed (${reason}). Try again.`, options)
  }
  return undefined
}

/** For an answer without an end. */
export const endless = (model: string): OmniError =>
  new OmniError(
    "upstream_failed",
    `${model} ended its answer without an end mark. What was said so far is kept. Try again.`,
  )

export const malformed = (model: string, stopReason: string): OmniError =>
  new OmniError("upstream_failed", `${model} gave something that cannot be used (${stopReason}). Try again.`)

const refused = (message: string, options: { cause: unknown }): OmniError =>
  new OmniError("model_unavailable", message, { ...options, retryable: false })
