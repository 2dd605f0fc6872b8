import { users } from "./auth.ts"
import { stage } from "./stage.ts"
import { siteUrl } from "./web.ts"

/** The path of the web app to which a browser returns from signing in. */
const callbackPath = "/signed-in"
const origins = [siteUrl, ...stage.otherOrigins]

/**
 * How the web app signs in: by code, with PKCE for there is no secret, and back to the site only. It manages the client
 * of infra/auth.ts, which has no such settings of its own.
 */
new aws.cognito.ManagedUserPoolClient("SignIn", {
  userPoolId: users.poolId,
  namePattern: $interpolate`^${users.clientName}$`,
  supportedIdentityProviders: ["COGNITO"],
  allowedOauthFlowsUserPoolClient: true,
  allowedOauthFlows: ["code"],
  allowedOauthScopes: ["openid", "email", "profile"],
  callbackUrls: origins.map((origin) => $interpolate`${origin}${callbackPath}`),
  logoutUrls: origins.map((origin) => $interpolate`${origin}/`),
  // Refreshing is by rotation, which excludes ALLOW_REFRESH_TOKEN_AUTH; one flow must stand here.
  explicitAuthFlows: ["ALLOW_USER_SRP_AUTH"],
  refreshTokenRotation: { feature: "ENABLED", retryGracePeriodSeconds: 60 },
  preventUserExistenceErrors: "ENABLED",
  enableTokenRevocation: true,
  accessTokenValidity: 1,
  idTokenValidity: 1,
  refreshTokenValidity: 30,
  tokenValidityUnits: { accessToken: "hours", idToken: "hours", refreshToken: "days" },
})
