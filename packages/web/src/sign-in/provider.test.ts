import { describe, expect, it, onTestFinished } from "vitest"
import { startSignInProvider } from "../../../../tests/support/oidc-provider.ts"
import { createProvider } from "./provider.ts"

const auth = { kind: "oidc", clientId: "omnichat-web", scope: "openid" } as const
const here = "http://127.0.0.1:9/"

describe("a provider", () => {
  it("is left by the address that the service gives, else by its own, else not at all", async () => {
    const { url: issuer, close } = await startSignInProvider("http://127.0.0.1:9")
    onTestFinished(close)
    const signOutUrl = "https://sign-in.example/logout?client_id=omnichat-web"
    expect(await createProvider({ ...auth, issuer, signOutUrl }).signOutUrl(here)).toBe(
      `${signOutUrl}&logout_uri=${encodeURIComponent(here)}`,
    )
    const own = new URL((await createProvider({ ...auth, issuer }).signOutUrl(here)) ?? "")
    expect(own.origin + own.pathname).toBe(`${issuer}/session/end`)
    expect(Object.fromEntries(own.searchParams)).toEqual({
      client_id: "omnichat-web",
      post_logout_redirect_uri: here,
    })
  })

  it("is asked without encryption on this machine only", async () => {
    const provider = createProvider({ ...auth, issuer: "http://issuer.example" })
    await expect(provider.begin(here)).rejects.toMatchObject({ kind: "refused" })
  })

  it("that cannot be reached is asked again the next time", async () => {
    const server = await startSignInProvider("http://127.0.0.1:9")
    onTestFinished(server.close)
    await server.down()
    const provider = createProvider({ ...auth, issuer: server.url })
    await expect(provider.begin(here)).rejects.toMatchObject({ kind: "unreachable" })
    await server.up()
    expect((await provider.begin(here)).url).toContain(server.url)
  })
})
