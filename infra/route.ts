import { environment, modelEnvironment, tokenEnvironment } from "./environment.ts"
import { makeFunction } from "./function.ts"
import { handleRuns } from "./permission.ts"
import { socket } from "./socket.ts"

const authorizerFunction = makeFunction("authorizer", {
  description: "Checks the token of who connects to the socket",
  // A signature to check; the memory is for the processor's share, as everybody waits for it who connects.
  memory: "512 MB",
  timeout: "10 seconds",
  environment: tokenEnvironment,
  permissions: [],
})

export const socketFunction = makeFunction("socket", {
  description: "Answers what comes over the socket",
  // Its answers are waited for: at 1 GB it starts cold about twice as fast as at 512 MB.
  memory: "1024 MB",
  // The gateway answers after 29 s in any case; a replay of a long journal goes on until it is through.
  timeout: "60 seconds",
  environment: { ...environment, ...modelEnvironment },
  permissions: handleRuns,
})

/** No identity source is named: a named one that is missing is refused before the function is asked. */
const authorizer = socket.addAuthorizer("Token", {
  lambda: { function: authorizerFunction.arn, identitySources: [] },
})

// One function for all three, by its ARN; a description of a function would make one for each.
for (const route of ["$connect", "$disconnect", "$default"]) {
  socket.route(route, socketFunction.arn, {
    // The gateway looks at who connects only; what that gave comes with every message.
    ...(route === "$connect" && { auth: { lambda: authorizer.id } }),
    transform: { integration: { timeoutMilliseconds: 29_000 } },
  })
}
