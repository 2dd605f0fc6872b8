import { afterEach, describe, expect, it } from "vitest"
import { startMetadataStandIn } from "../../../../tests/support/aws/metadata-stand-in.ts"
import type { MetadataStandIn } from "../../../../tests/support/aws/metadata-stand-in.ts"
import { createMetadata, readIdentity } from "./metadata.ts"

let ec2: MetadataStandIn | undefined
afterEach(() => ec2?.close())

describe("EC2's metadata", () => {
  it("is asked with a token, which is asked for once and again when it is over", async () => {
    ec2 = await startMetadataStandIn()
    const metadata = createMetadata(ec2.url)
    const identity = { nodeId: "i-0123456789abcdef0", ip: "10.77.1.5", instanceType: "g5.xlarge" }
    expect(await readIdentity(metadata)).toEqual(identity)
    expect(ec2.tokens).toBe(1)
    ec2.forgetTokens()
    expect(await readIdentity(metadata)).toEqual(identity)
    expect(ec2.tokens).toBe(2)
  })

  it("has nothing of some things, and fails for others", async () => {
    ec2 = await startMetadataStandIn()
    const metadata = createMetadata(ec2.url)
    expect(await metadata("spot/instance-action")).toBeUndefined()
    ec2.values["spot/instance-action"] = '{"action":"terminate"}'
    expect(await metadata("spot/instance-action")).toBe('{"action":"terminate"}')
    delete ec2.values["local-ipv4"]
    await expect(readIdentity(metadata)).rejects.toThrow("EC2's metadata has no local-ipv4")
    ec2.broken = true
    await expect(metadata("instance-id")).rejects.toThrow("instance-id: status 500")
  })
})
