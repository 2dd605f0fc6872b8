import { describe, expect, it } from "vitest"
import { BrowserStorage } from "../../test/sign-in-scene.ts"
import { createKeep, keepPrefix } from "../runtime/keep.ts"
import type { OidcAuth } from "./provider.ts"
import { forget, grantKey, keepOf, readGrant } from "./stored.ts"

const auth: OidcAuth = { kind: "oidc", issuer: "https://issuer.example", clientId: "web", scope: "openid" }
const grant = { issuer: auth.issuer, clientId: auth.clientId, person: { id: "ada" }, refreshToken: "r1" }

describe("what a browser keeps", () => {
  it("is taken for a grant only of this provider and client, and only as far as it is one", () => {
    const keep = createKeep()
    const read = (value: unknown) => {
      keep.write(grantKey, value)
      return readGrant(keep, auth)
    }
    expect(read(grant)).toEqual(grant)
    expect(read({ ...grant, refreshToken: 7, more: true })).toEqual({ ...grant, refreshToken: undefined })
    const wrong = [null, 1, "x", [], {}, { ...grant, issuer: "https://other.example" }, { ...grant, clientId: "cli" }]
    for (const value of [...wrong, { ...grant, person: { id: "" } }, { ...grant, person: null }]) {
      expect(read(value)).toBeUndefined()
    }
  })

  it("is one person's, but for how the page looks, and can be removed for this one alone", () => {
    const storage = new BrowserStorage()
    const keep = createKeep(storage)
    const [ada, bob] = [keepOf(keep, "ada"), keepOf(keep, "ada.draft")]
    ada.write("draft.new", "hers")
    bob.write("new", "his")
    ada.write("theme", "dark")
    expect([ada.read("draft.new"), bob.read("draft.new")]).toEqual(["hers", undefined])
    expect([keep.read("theme"), bob.read("theme")]).toEqual(["dark", "dark"])
    forget(storage, keepPrefix, "ada")
    expect([ada.read("draft.new"), bob.read("new"), keep.read("theme")]).toEqual([undefined, "his", "dark"])
  })
})
