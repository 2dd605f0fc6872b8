import { homedir } from "node:os"
import { join } from "node:path"

/** What the environment says of Amazon Bedrock. The credentials are read by AWS's own clients, here only their names. */
export type BedrockSettings = {
  region?: string
  /** Where a region may stand that the environment does not name: AWS's own file, and whose part of it. */
  profile: { file: string; name: string }
  /** Why Bedrock cannot be asked as it is set up, for the person who set it up. */
  problem?: string
  /** Ids of the models that are offered, `anthropic.*` for all that begin so; absent: all. */
  allow?: string[]
  /** What may stand in no message, whoever wrote it. */
  secrets: string[]
}

export type Environment = Record<string, string | undefined>

const secretNames = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK"]

/**
 * Undefined where Bedrock is not used: the environment names no credentials, or `wanted` is false. True is for
 * credentials that stand elsewhere: shared files, a sign-in, a machine's role.
 */
export function readBedrockSettings(
  env: Environment,
  { wanted, allow }: { wanted: boolean | undefined; allow: string[] | undefined },
): BedrockSettings | undefined {
  if (wanted === false || (wanted === undefined && !namesCredentials(env))) return undefined
  const said = value(env, "AWS_REGION") ?? value(env, "AWS_DEFAULT_REGION")
  const region = said !== undefined && isRegion(said) ? said : undefined
  const problem = problemIn(env, said)
  return {
    ...(region !== undefined && { region }),
    profile: {
      file: value(env, "AWS_CONFIG_FILE") ?? join(homedir(), ".aws", "config"),
      name: value(env, "AWS_PROFILE") ?? "default",
    },
    ...(problem !== undefined && { problem }),
    ...(allow !== undefined && { allow }),
    secrets: secretNames.flatMap((name) => value(env, name) ?? []),
  }
}

/** A list of ids as a person writes it; undefined when it is none. */
export function parseBedrockModels(text: string): string[] | undefined {
  const ids = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
  return ids.length > 0 && ids.every((id) => /^[\w.:/-]+\*?$/.test(id)) ? [...new Set(ids)] : undefined
}

/** As AWS names them: `us-east-1`, `us-gov-west-1`. A name that AWS does not have (yet) is told by its silence. */
export const isRegion = (text: string): boolean => /^[a-z]{2,8}(-[a-z]{2,12}){1,3}-\d{1,2}$/.test(text)

/** Any one of these is how somebody says who they are; half a pair counts too, for its other half is missed then. */
const credentialNames = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_PROFILE",
  "AWS_BEARER_TOKEN_BEDROCK",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
]
const namesCredentials = (env: Environment): boolean => credentialNames.some((name) => value(env, name) !== undefined)

const pairs = [
  ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
  ["AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"],
  ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"],
] as const

function problemIn(env: Environment, region: string | undefined): string | undefined {
  if (region !== undefined && !isRegion(region)) {
    const name = value(env, "AWS_REGION") === undefined ? "AWS_DEFAULT_REGION" : "AWS_REGION"
    return `${name} is "${region}", which is no region of AWS. Start OmniChat with a region such as us-east-1.`
  }
  const others = ["AWS_PROFILE", "AWS_BEARER_TOKEN_BEDROCK"]
  if (others.some((name) => value(env, name) !== undefined)) return undefined
  for (const [one, other] of pairs) {
    if (value(env, one) === undefined || value(env, other) !== undefined) continue
    return `${one} is set, and ${other} is not. Amazon Bedrock needs both: start OmniChat with both, or with neither.`
  }
  return undefined
}

function value(env: Environment, name: string): string | undefined {
  const text = env[name]?.trim()
  return text === "" ? undefined : text
}
