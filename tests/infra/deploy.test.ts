import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { withoutAws } from "../../scripts/infra/platform.mjs"
import { workspaceRoot } from "../../scripts/lib/files.mjs"
import { capture } from "../../scripts/lib/run.mjs"
import { deployed, everyOf, functionsOf, oneOf, variablesOf } from "./graph.ts"
import { poolOn } from "./pool-stage.ts"

const minutes = 300_000
const certificate = "arn:aws:acm:us-east-1:123456789012:certificate/1f2e3d4c"

describe("what is wrong stops a deployment before anything is made, and says what to do", () => {
  it(
    "an unknown stage",
    async () => {
      const graph = await deployed("prod")
      expect(graph.errors).toEqual([expect.stringContaining('There is no stage "prod". There are production, dev')])
      expect(graph.resources.filter(({ type }) => type.startsWith("aws:"))).toEqual([])
    },
    minutes,
  )

  it(
    "a secret that is not set",
    async () => {
      const { errors } = await deployed("dev", { variables: { OMNICHAT_OPENAI_URL: "https://models.example.com/v1" } })
      expect(errors).toEqual(["Set a value for OpenAiKey with `sst secret set OpenAiKey <value>`"])
    },
    minutes,
  )

  it("no credentials", async () => {
    const home = mkdtempSync(join(tmpdir(), "omnichat-home-"))
    try {
      const command = join(workspaceRoot, "node_modules/sst/bin/sst.mjs")
      const { code, output } = await capture(process.execPath, [command, "deploy", "--stage", "dev"], {
        cwd: workspaceRoot,
        // Whoever runs the tests may have credentials, with which this would deploy.
        env: { PATH: process.env["PATH"], HOME: home, ...withoutAws },
      })
      expect(code).not.toBe(0)
      expect(output).toContain("AWS credentials are not configured.")
      expect(output).toContain("AWS_PROFILE")
    } finally {
      rmSync(home, { recursive: true, force: true })
    }
  })
})

describe("a stage may have", () => {
  it(
    "a domain of its own, to which people return from signing in",
    async () => {
      const variables = {
        OMNICHAT_DOMAIN: "chat.example.com",
        OMNICHAT_DNS: "other",
        OMNICHAT_CERTIFICATE: certificate,
      }
      const graph = await deployed("production", { variables })
      expect(graph.errors).toEqual([])
      expect(oneOf(graph, "cloudfront/distribution").inputs).toMatchObject({
        aliases: ["chat.example.com"],
        viewerCertificate: { acmCertificateArn: certificate, minimumProtocolVersion: "TLSv1.2_2021" },
      })
      expect(oneOf(graph, "cognito/managedUserPoolClient").inputs).toMatchObject({
        callbackUrls: ["https://chat.example.com/signed-in"],
        logoutUrls: ["https://chat.example.com/"],
      })
    },
    minutes,
  )

  it(
    "one whose records are with Route 53, with a certificate that is made for it",
    async () => {
      const graph = await deployed("dev", { variables: { OMNICHAT_DOMAIN: "chat.example.com" } })
      expect(graph.errors).toEqual([])
      expect(oneOf(graph, "acm/certificate").inputs).toMatchObject({ domainName: "chat.example.com" })
      expect(oneOf(graph, "cloudfront/distribution").inputs).toMatchObject({ aliases: ["chat.example.com"] })
      const records = everyOf(graph, "route53/record").map(({ inputs }) => [inputs["name"], inputs["type"]].join(" "))
      expect(records.sort()).toEqual(["_proof.chat.example.com. CNAME", "chat.example.com A", "chat.example.com AAAA"])
    },
    minutes,
  )

  it(
    "a table that was brought back from the past, beside its own",
    async () => {
      const graph = await deployed("production", { variables: { OMNICHAT_TABLE: "table-of-monday" } })
      expect(graph.errors).toEqual([])
      expect(oneOf(graph, "dynamodb/table", "TableTable").protect).toBe(true)
      for (const [name, made] of functionsOf(graph)) {
        const variables = variablesOf(made)
        expect([name, variables["TABLE_NAME"]]).toEqual([name, name === "authorizer" ? undefined : "table-of-monday"])
      }
      const [policy] = oneOf(graph, "iam/role", "WorkerRole").inputs["inlinePolicies"] as { policy: string }[]
      expect(policy?.policy).toContain("table/table-of-monday")
      expect(policy?.policy).not.toContain("TableTable")
    },
    minutes,
  )

  it(
    "a server of an OpenAI-compatible API, whose key those are told that ask models",
    async () => {
      const graph = await deployed("dev", {
        variables: { OMNICHAT_OPENAI_URL: "https://models.example.com/v1", SST_SECRET_OpenAiKey: "sk-1" },
      })
      expect(graph.errors).toEqual([])
      const told = [...functionsOf(graph)].filter(([, made]) => {
        const variables = variablesOf(made)
        return (
          variables["OPENAI_API_KEY"] === "sk-1" && variables["OPENAI_BASE_URL"] === "https://models.example.com/v1"
        )
      })
      expect(told.map(([name]) => name).sort()).toEqual(["api", "socket", "worker"])
    },
    minutes,
  )

  it(
    "its functions run here while they are written (sst dev), but what is in a network, which nobody reaches from here",
    async () => {
      const graph = await deployed("dev-ada", { live: true, variables: poolOn })
      expect(graph.errors).toEqual([])
      for (const [name, { inputs }] of functionsOf(graph)) {
        expect([name, String(inputs["description"]).includes("live")]).toEqual([name, name !== "pool-proxy"])
      }
      expect(everyOf(graph, "cloudfront/distribution")).toHaveLength(1)
    },
    minutes,
  )
})
