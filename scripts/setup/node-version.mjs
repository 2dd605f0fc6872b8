/** The oldest Node that runs OmniChat; package.json's `engines` says the same. */
const oldest = [20, 19]

/**
 * What to say when this Node is too old; undefined when it will do.
 * @param {string} [version] such as 20.19.0
 * @returns {string | undefined}
 */
export function tooOld(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split(".").map(Number)
  const [oldestMajor = 0, oldestMinor = 0] = oldest
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined
  return [
    `OmniChat needs Node ${oldest.join(".")} or newer; this is ${version}.`,
    "Install the present version from https://nodejs.org and run the command again.",
  ].join("\n")
}
