/** What AWS says of an instance that could not be started, by its error codes and by the sentences that stand for them. */
const reasons: { said: RegExp; why: string }[] = [
  {
    said: /VcpuLimitExceeded|vCPU (?:capacity|limit)|MaxSpotInstanceCountExceeded|spot instance count/i,
    why:
      "the AWS account may not run so many GPUs; who runs the service can ask for a higher limit under Service Quotas, " +
      'Amazon EC2, "Running On-Demand G and VT instances" (for Spot: "All G and VT Spot Instance Requests")',
  },
  {
    said: /InsufficientInstanceCapacity|UnfulfillableCapacity|insufficient capacity|sufficient \S+ capacity|no Spot capacity/i,
    why:
      "AWS has no such GPU free in this region now; if it stays so, who runs the service can allow more instance types " +
      "or zones in the stage's settings",
  },
  {
    said: /Unsupported|not supported in your requested Availability Zone/i,
    why: "AWS has no such instance type in these zones; who runs the service can choose another in the stage's settings",
  },
  {
    said: /SpotMaxPriceTooLow|Spot (?:request )?price/i,
    why: "the Spot price is above what the stage allows; who runs the service can allow more, or the usual price",
  },
  {
    said: /UnauthorizedOperation|not authorized|service-linked role|KMS/i,
    why: "the Auto Scaling group is not allowed to; who runs the service can deploy the stage again",
  },
]
const unknown = "the activity history of the Auto Scaling group says more"

const longestQuote = 300

/**
 * Why no GPU could be started and what to do, as a clause without a full stop. `said` is AWS's own sentence, which is
 * quoted in part.
 */
export function describeStartFailure(said: string): string {
  const quote = said.replace(/\s+/g, " ").trim().slice(0, longestQuote).replace(/\.$/, "")
  return `${reasons.find((reason) => reason.said.test(said))?.why ?? unknown} (AWS: ${quote})`
}
