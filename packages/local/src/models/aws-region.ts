import { readFile } from "node:fs/promises"
import { isRegion } from "../bedrock-settings.ts"
import type { BedrockSettings } from "../bedrock-settings.ts"

/** The region to ask: of the environment, else of the profile in AWS's own file. Undefined when neither has one. */
export async function regionOf({ region, profile }: BedrockSettings): Promise<string | undefined> {
  if (region !== undefined) return region
  let text: string
  try {
    text = await readFile(profile.file, "utf8")
  } catch {
    return undefined // No such file is what most machines have; the caller says that no region is known.
  }
  const found = settingIn(text, profile.name, "region")
  return found !== undefined && isRegion(found) ? found : undefined
}

/** A profile's setting in the text of AWS's file (https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html). */
function settingIn(text: string, profile: string, name: string): string | undefined {
  const headings = profile === "default" ? ["default", "profile default"] : [`profile ${profile}`]
  let isIn = false
  for (const line of text.split(/\r?\n/)) {
    const heading = /^\s*\[\s*(.*?)\s*\]/.exec(line)?.[1]?.replace(/\s+/g, " ").replace(/["']/g, "")
    if (heading !== undefined) isIn = headings.includes(heading)
    const [, key, value] = /^([\w-]+)\s*=\s*(.*?)(?:\s+[#;].*)?\s*$/.exec(line) ?? []
    if (isIn && key === name && value !== "") return value
  }
  return undefined
}
