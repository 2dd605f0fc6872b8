import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { regionOf } from "./aws-region.ts"

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "omnichat-region-"))
  writeFileSync(
    join(folder, "config"),
    `# as "aws configure" writes it
[default]
region = us-east-1
[profile work]
sso_session = company
region=eu-central-1   # near
[ profile "with space" ]
s3 =
  region = eu-north-1
region = ap-south-1
[profile none]
output = json
[profile odd]
region = Frankfurt
[sso-session company]
region = us-west-2
`,
  )
})
afterAll(() => rmSync(folder, { recursive: true }))

it.each([
  ["default", "us-east-1"],
  ["work", "eu-central-1"],
  ["with space", "ap-south-1"],
  ["none", undefined],
  ["odd", undefined],
  ["company", undefined],
])("the region of the profile %s is %s", async (name, region) => {
  expect(await regionOf({ profile: { file: join(folder, "config"), name }, secrets: [] })).toBe(region)
})

it("the environment's comes first, and no file is no region", async () => {
  const profile = { file: join(folder, "none"), name: "default" }
  expect(await regionOf({ region: "eu-west-1", profile, secrets: [] })).toBe("eu-west-1")
  expect(await regionOf({ profile, secrets: [] })).toBeUndefined()
})
