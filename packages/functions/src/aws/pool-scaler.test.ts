import { AutoScalingClient } from "@aws-sdk/client-auto-scaling"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { startAutoScalingStandIn } from "../../../../tests/support/aws/auto-scaling-stand-in.ts"
import type { AutoScalingStandIn } from "../../../../tests/support/aws/auto-scaling-stand-in.ts"
import { testCredentials } from "../../../../tests/support/sigv4.ts"
import { autoScaler } from "./pool-scaler.ts"

let aws: AutoScalingStandIn
let client: AutoScalingClient
beforeAll(async () => {
  aws = await startAutoScalingStandIn("pool")
  client = new AutoScalingClient({
    region: "us-east-1",
    endpoint: aws.url,
    credentials: testCredentials,
    maxAttempts: 1,
  })
})
beforeEach(() => {
  Object.assign(aws.group, { desired: 0, most: 2, instances: [] })
  aws.activities.length = 0
  aws.asked.length = 0
})
afterAll(() => aws.close())

const scaler = (group = "pool") => autoScaler({ client, group })
const actions = () => aws.asked.map(({ Action }) => Action)

describe("the group of servers", () => {
  it("is told with who comes, who is there and who goes", async () => {
    const states = ["Pending:Wait", "InService", "Terminating:Proceed", "Terminated", "Standby"]
    aws.group.instances = states.map((state, at) => ({ id: `i-${at}`, state }))
    aws.group.desired = 2
    expect(await scaler().describe()).toEqual({
      running: [
        { nodeId: "i-0", state: "starting" },
        { nodeId: "i-1", state: "running" },
        { nodeId: "i-2", state: "ending" },
        { nodeId: "i-4", state: "ending" },
      ],
      desired: 2,
      most: 2,
    })
  })

  it("that is not there is an error that says so", async () => {
    await expect(scaler("gone").describe()).rejects.toThrow("There is no Auto Scaling group gone.")
  })
})

describe("a start", () => {
  it("wants more, never fewer and never more than there may be", async () => {
    await scaler().start(1)
    expect(aws.group.desired).toBe(1)
    await scaler().start(9)
    expect(aws.group.desired).toBe(2)
    await scaler().start(1)
    expect(aws.group.desired).toBe(2)
    expect(actions().filter((action) => action === "SetDesiredCapacity")).toHaveLength(2)
    expect(aws.asked.find(({ Action }) => Action === "SetDesiredCapacity")).toMatchObject({ HonorCooldown: "false" })
  })

  const launching = "Launching a new EC2 instance.  Status Reason: see there"
  const fail = (message: string, at = "2026-11-20T10:00:00.000Z", status = "Failed") =>
    aws.activities.unshift({ description: launching, status, message, at })

  it.each([
    [
      "We currently do not have sufficient g5.xlarge capacity in the Availability Zone you requested (eu-central-1a). " +
        "Our system will be working on provisioning additional capacity. Launching EC2 instance failed.",
      /^AWS has no such GPU free in this region now; .*\(AWS: We currently do not have sufficient g5\.xlarge capacity/,
    ],
    ["InsufficientInstanceCapacity - There is no Spot capacity available that matches.", /^AWS has no such GPU free/],
    [
      "You have requested more vCPU capacity than your current vCPU limit of 0 allows for the instance bucket that the " +
        "specified instance type belongs to. Launching EC2 instance failed.",
      /^the AWS account may not run so many GPUs; .*Service Quotas.*"Running On-Demand G and VT instances"/,
    ],
    [
      "Could not launch Spot Instances. MaxSpotInstanceCountExceeded - Max spot instance count exceeded.",
      /Spot Instance/,
    ],
    ["Your requested instance type is not supported in your requested Availability Zone.", /no such instance type/],
    [
      "Client.InternalError: Client error on launch",
      /^the activity history of the Auto Scaling group says more \(AWS: Cl/,
    ],
  ])("that came to nothing says why and what to do: %s", async (message, told) => {
    fail(message)
    const { failed } = await scaler().describe()
    expect(failed).toEqual({ at: Date.UTC(2026, 10, 20, 10), message: expect.stringMatching(told) as string })
    expect(failed?.message).not.toMatch(/\.$/)
  })

  it("that succeeded after others had not leaves nothing to say; the end of a server is no start", async () => {
    fail("Insufficient capacity.")
    aws.activities.unshift({ description: launching, status: "Successful", at: "2026-11-20T10:05:00.000Z" })
    aws.activities.unshift({
      description: "Terminating EC2 instance: i-1",
      status: "Failed",
      at: "2026-11-20T10:06:00.000Z",
    })
    expect(await scaler().describe()).not.toHaveProperty("failed")
  })
})

describe("a server that is given back", () => {
  it("is ended, and one less is wanted", async () => {
    Object.assign(aws.group, { desired: 2, instances: [{ id: "i-1", state: "InService" }] })
    await scaler().terminate("i-1")
    expect(aws.group).toMatchObject({ desired: 1, instances: [] })
  })

  it("may be gone already", async () => {
    aws.group.desired = 1
    await scaler().terminate("i-gone")
    expect(aws.group.desired).toBe(1)
  })
})
