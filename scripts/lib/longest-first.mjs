import { BaseSequencer } from "vitest/node"

/** Where a file runs for how long: the first of these is the longest. What is nowhere here is over in a few seconds. */
const places = [
  "tests/handlers/",
  "tests/chaos/",
  "tests/e2e/",
  "tests/infra/",
  "tests/scenarios/",
  "tests/pool/",
  "tests/contract/",
]

/** Lets the long files run first, so that no worker is still at one when the others have nothing left to do. */
export default class LongestFirst extends BaseSequencer {
  /** @override @param {import("vitest/node").TestSpecification[]} files */
  async sort(files) {
    const rank = (/** @type {import("vitest/node").TestSpecification} */ { moduleId }) => {
      const at = places.findIndex((place) => moduleId.includes(`/${place}`))
      return at < 0 ? places.length : at
    }
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other))
  }
}
