import { describe, expect, it } from "vitest"
import { readSettings } from "../../infra/settings.ts"

const production = { OMNICHAT_ALARM_EMAIL: "operator@example.com" }
const certificate = "arn:aws:acm:us-east-1:123456789012:certificate/1f2e3d4c"

describe("the settings of a stage", () => {
  it("needs nothing to try it", () => {
    expect(readSettings("dev", {})).toEqual({
      isProduction: false,
      keptFor: { logs: "1 week", oldVersions: 7 },
      socketLimit: { perSecond: 500, burst: 1000 },
      logLevel: "info",
      signUp: "invited",
      otherOrigins: ["http://localhost:5173"],
    })
  })

  it("is for good in production, and lets no development server in", () => {
    expect(readSettings("production", { ...production, OMNICHAT_BUDGET: "50" })).toEqual({
      isProduction: true,
      keptFor: { logs: "3 months", oldVersions: 30 },
      socketLimit: { perSecond: 5000, burst: 5000 },
      logLevel: "info",
      signUp: "invited",
      otherOrigins: [],
      alarms: { email: "operator@example.com", dollarsPerMonth: 50 },
    })
  })

  it("has a domain with the records of Route 53, or with a certificate for one that is elsewhere", () => {
    expect(readSettings("dev", { OMNICHAT_DOMAIN: "chat.example.com" }).domain).toEqual({ name: "chat.example.com" })
    const elsewhere = { OMNICHAT_DOMAIN: "chat.example.com", OMNICHAT_DNS: "other", OMNICHAT_CERTIFICATE: certificate }
    expect(readSettings("dev", elsewhere).domain).toEqual({ name: "chat.example.com", certificate })
  })

  it.each(["production", "dev", "dev-ada", "dev-1"])("knows the stage %s", (stage) => {
    expect(() => readSettings(stage, production)).not.toThrow()
  })

  it.each(["prod", "Production", "development", "dev-", "dev-Ada", `dev-${"a".repeat(17)}`, "dev_ada", ""])(
    "refuses the stage %j, and says which there are",
    (stage) => {
      expect(() => readSettings(stage, production)).toThrow(
        `There is no stage "${stage}". There are production, dev, and dev-<name>`,
      )
    },
  )

  it.each<[variables: Record<string, string>, says: string]>([
    [{ OMNICHAT_DOMAIN: "chat" }, 'OMNICHAT_DOMAIN is "chat", which is no host name: write it like chat.example.com'],
    [{ OMNICHAT_DOMAIN: "https://chat.example.com" }, "which is no host name"],
    [
      { OMNICHAT_DOMAIN: "chat.example.com", OMNICHAT_DNS: "other" },
      "Request one for chat.example.com in the Certificate Manager, in the region us-east-1, and set OMNICHAT_CERTIFICATE to its ARN",
    ],
    [
      { OMNICHAT_DOMAIN: "chat.example.com", OMNICHAT_CERTIFICATE: certificate.replace("us-east-1", "eu-west-1") },
      "CloudFront needs the ARN of a certificate of the Certificate Manager in us-east-1",
    ],
    [{ OMNICHAT_CERTIFICATE: certificate }, "OMNICHAT_DOMAIN is not: set the domain that it is for"],
    [{ OMNICHAT_DNS: "cloudflare" }, 'OMNICHAT_DNS is "cloudflare": it can be route53 or other'],
    [{ OMNICHAT_SIGN_UP: "everybody" }, 'OMNICHAT_SIGN_UP is "everybody": it can be invited or open'],
    [{ OMNICHAT_LOG_LEVEL: "trace" }, "it can be debug or info or warn or error"],
    [
      { OMNICHAT_OPENAI_URL: "http://models.example.com" },
      "it has to be an https address, like https://api.openai.com/v1",
    ],
    [{ OMNICHAT_ALARM_EMAIL: "operator" }, 'OMNICHAT_ALARM_EMAIL is "operator", which is no e-mail address'],
    [{ OMNICHAT_TABLE: "a b" }, 'OMNICHAT_TABLE is "a b", which is no name of a table'],
    [{ ...production, OMNICHAT_BUDGET: "$5" }, 'OMNICHAT_BUDGET is "$5": it is US dollars a month'],
  ])("refuses %j and says what would be right", (variables, says) => {
    expect(() => readSettings("dev", variables)).toThrow(says)
  })

  it("wants somebody to hear the alarms of production", () => {
    expect(() => readSettings("production", {})).toThrow("set OMNICHAT_ALARM_EMAIL to an e-mail address")
  })
})
