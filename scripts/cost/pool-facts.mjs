/** @typedef {import("../infra/graph.mjs").Graph} Graph */

/**
 * The pool of a graph.
 * @param {Graph} graph
 * @param {Record<string, number>} megabytes of its functions
 * @param {import("./pool.mjs").PoolCounts} counted
 * @returns {import("./pool.mjs").PoolFacts}
 */
export function factsOfPool(graph, megabytes, counted) {
  const { instanceType, blockDeviceMappings } = inputsOf(graph, "aws:ec2/launchTemplate:", "PoolServer")
  const { ebs } = blockDeviceMappings.at(-1)
  const { variables } = inputsOf(graph, "aws:lambda/function:", "PoolFunction")["environment"]
  const bytes = JSON.parse(variables["POOL_MODELS"]).map((/** @type {{ bytes: number }} */ model) => model.bytes)
  return {
    ...counted,
    server: instanceType,
    dollarsPerHour: Number(variables["POOL_DOLLARS_PER_HOUR"]),
    gigabytes: bytes.reduce((/** @type {number} */ sum, /** @type {number} */ each) => sum + each, 0) / 1e9,
    diskGigabytes: ebs.volumeSize,
    throughput: ebs.throughput,
    startSeconds: Number(variables["POOL_START_SECONDS"]),
    idleMinutes: Number(variables["POOL_IDLE_MINUTES"]),
    functionMegabytes: megabytes["pool"] ?? Number.NaN,
    proxyMegabytes: megabytes["pool-proxy"] ?? Number.NaN,
  }
}

/** @param {Graph} graph @param {string} type @param {string} name */
function inputsOf(graph, type, name) {
  const found = graph.resources.find((each) => each.type.startsWith(type) && each.name === name)
  if (found === undefined) throw new Error(`there is no ${type} ${name} in ${graph.stage}`)
  return found.inputs
}
