import { createHash } from "node:crypto"
import { place, stage } from "./stage.ts"

/** Who may sign in. Addresses of e-mail are the names; a second factor is everyone's own choice. */
const pool = new sst.aws.CognitoUserPool(
  "Users",
  {
    usernames: ["email"],
    mfa: "optional",
    softwareToken: true,
    domain: { prefix: place.accountId.apply(domainPrefix) },
    transform: {
      userPool: {
        // The first that renews refresh tokens with each use; its first 10,000 people are free, too.
        userPoolTier: "ESSENTIALS",
        deletionProtection: stage.isProduction ? "ACTIVE" : "INACTIVE",
        adminCreateUserConfig: { allowAdminCreateUserOnly: stage.signUp === "invited" },
        // Not by text message, which has a price and can be taken over.
        accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
        passwordPolicy: { minimumLength: 12, temporaryPasswordValidityDays: 7 },
      },
    },
  },
  { protect: stage.isProduction, retainOnDelete: stage.isProduction },
)

const groups = [
  { name: "admin", description: "Run this service and let people in" },
  { name: "user", description: "Chat" },
  { name: "pending", description: "Have an account and wait to be let in" },
]
for (const [at, { name, description }] of groups.entries()) {
  new aws.cognito.UserGroup(`Group${name}`, { userPoolId: pool.id, name, description, precedence: at + 1 })
}

/**
 * The web app, as far as the functions need to know it. How it signs in names the site, whose functions know this client:
 * so that follows in infra/sign-in.ts. Nothing must ever be added here, or an update would take that away again.
 */
const client = new aws.cognito.UserPoolClient("WebClient", {
  userPoolId: pool.id,
  name: "web",
  generateSecret: false,
})

export const users = {
  poolId: pool.id,
  clientId: client.id,
  clientName: client.name,
  issuer: $interpolate`https://cognito-idp.${place.region}.amazonaws.com/${pool.id}`,
  /** Where Cognito's own pages are. */
  domain: $interpolate`https://${place.accountId.apply(domainPrefix)}.auth.${place.region}.amazoncognito.com`,
}

/** One name for all accounts of a region, in which Cognito allows no "aws" and no "cognito": letters of a hash to f. */
function domainPrefix(accountId: string): string {
  const unique = createHash("sha256").update(`${accountId}/${$app.name}/${$app.stage}`).digest("hex")
  return `${$app.name}-${unique.slice(0, 12)}`
}
