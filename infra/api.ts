import { users } from "./auth.ts"
import { environment, modelEnvironment } from "./environment.ts"
import { makeFunction } from "./function.ts"
import { handleRuns } from "./permission.ts"
import { askServers } from "./pool/permission.ts"

/**
 * Everything over HTTP, behind the site's distribution. It checks every token itself: what CloudFront or the function's
 * address could check would take the Authorization header away from it.
 */
export const api = makeFunction("api", {
  description: "Answers what comes over HTTP, streams included",
  memory: "1024 MB",
  // An answer is streamed for as long as its run takes, which is at most the worker's time.
  timeout: "900 seconds",
  streaming: true,
  url: { authorization: "none", cors: false },
  environment: {
    ...environment,
    ...modelEnvironment,
    SIGN_OUT_URL: $interpolate`${users.domain}/logout?client_id=${users.clientId}`,
  },
  permissions: [...handleRuns, ...askServers],
})
