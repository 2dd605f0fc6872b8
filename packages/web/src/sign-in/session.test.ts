import { describe, expect, it } from "vitest"
import { subjectOf } from "../../../../tests/support/oidc-provider.ts"
import { SignInScene, comeBack } from "../../test/sign-in-scene.ts"

const ada = subjectOf("ada@example.org")
const minute = 60_000

describe("signing in", () => {
  it("goes by code and PKCE, comes back to where one was, and gives an access token", async () => {
    const scene = await SignInScene.open()
    const before = scene.tab()
    expect(before.session.state).toMatchObject({ phase: "out" })
    await before.session.signIn("/chat/cht_1?x=1#end")
    const asked = new URL(before.left[0] ?? "")
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      response_type: "code",
      client_id: "omnichat-web",
      scope: "openid email",
      code_challenge_method: "S256",
      state: expect.stringMatching(/.{40}/) as string,
      nonce: expect.stringMatching(/.{40}/) as string,
    })
    const callback = await scene.visitor.signIn(asked.href, "ada@example.org")

    const { session } = scene.tab(before.tabKeep)
    expect(await comeBack(session, callback)).toBe("/chat/cht_1?x=1#end")
    expect(session.state).toMatchObject({ phase: "in", person: { id: ada, email: "ada@example.org" } })
    const { text, lastsMs } = await session.token()
    expect(lastsMs).toBeGreaterThan(59 * minute)
    const { url: iss, clientId: client_id } = scene.provider
    const claims = { sub: ada, iss, client_id, token_use: "access", "cognito:groups": ["user"] }
    expect(SignInScene.claims(text)).toMatchObject(claims)
  })

  it("keeps the refresh token and no access token, and a reload goes on with it", async () => {
    const scene = await SignInScene.open()
    const first = await scene.signedIn()
    const { text } = await first.session.token()
    expect([...scene.storage.values.values()].join()).not.toContain(text)
    const reloaded = scene.tab(first.tabKeep)
    expect(reloaded.session.state).toMatchObject({ phase: "in", person: { id: ada } })
    expect(SignInScene.claims((await reloaded.session.token()).text)["sub"]).toBe(ada)
  })

  it("does not take what belongs to no sign-in of this tab: another state, an old one, none", async () => {
    const scene = await SignInScene.open()
    const victim = scene.tab()
    await victim.session.signIn("/chat/mine")
    const attacker = scene.tab()
    await attacker.session.signIn("/")
    const foreign = await scene.visitor.signIn(attacker.left[0] ?? "", "mallory@example.org")
    expect(await comeBack(victim.session, foreign)).toBe("/chat/mine")
    expect(victim.session.state).toMatchObject({ phase: "out", trouble: "stale" })

    const stranger = scene.tab()
    expect(await comeBack(stranger.session, foreign)).toBe("/")
    expect(stranger.session.state).toMatchObject({ phase: "out", trouble: "stale" })

    scene.ahead = 61 * minute
    await comeBack(attacker.session, foreign)
    expect(attacker.session.state).toMatchObject({ phase: "out", trouble: "stale" })
    expect(scene.storage.values.size).toBe(0)
  })

  it("says that it was cancelled, that the provider is down, that a code was used before", async () => {
    const scene = await SignInScene.open()
    const cancelled = scene.tab()
    await cancelled.session.signIn("/chat/one")
    const callback = await scene.visitor.signIn(cancelled.left[0] ?? "", "ada@example.org", "cancel")
    expect(await comeBack(cancelled.session, callback)).toBe("/chat/one")
    expect(cancelled.session.state).toMatchObject({ phase: "out", trouble: "cancelled", busy: false })

    await scene.provider.down()
    const early = scene.tab()
    await early.session.signIn("/")
    expect(early.session.state).toMatchObject({ phase: "out", trouble: "unreachable", busy: false })
    expect(early.left).toEqual([])
    await scene.provider.up()
    await early.session.signIn("/")
    expect(early.left).toHaveLength(1)

    const good = await scene.visitor.signIn(early.left[0] ?? "", "ada@example.org")
    const kept = early.tabKeep.read("signing-in")
    await comeBack(scene.tab(early.tabKeep).session, good)
    early.tabKeep.write("signing-in", kept)
    scene.storage.values.clear()
    const again = scene.tab(early.tabKeep)
    await comeBack(again.session, good)
    expect(again.session.state).toMatchObject({ phase: "out", trouble: "stale" })
  })

  it("leads nowhere but into this site", async () => {
    const scene = await SignInScene.open()
    for (const back of ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)"]) {
      const tab = scene.tab()
      await tab.session.signIn(back)
      const callback = await scene.visitor.signIn(tab.left[0] ?? "", "ada@example.org")
      expect(await comeBack(tab.session, callback)).toBe("/")
    }
  })
})

describe("the access token", () => {
  it("is another one a minute before its end, and one only however many ask", async () => {
    const scene = await SignInScene.open()
    const { session } = await scene.signedIn()
    const first = await session.token()
    scene.ahead = 58 * minute
    expect((await session.token()).text).toBe(first.text)
    scene.ahead = 59 * minute + 1
    const asked = () => scene.provider.requests.filter((request) => request === "POST /token").length
    const before = asked()
    const later = await Promise.all([session.token(), session.token(), session.token()])
    expect(new Set(later.map(({ text }) => text)).size).toBe(1)
    expect(later[0]?.text).not.toBe(first.text)
    expect(asked() - before).toBe(1)
  })

  it("is another one when the service has refused it, but not when it is brand-new", async () => {
    const scene = await SignInScene.open()
    const { session } = await scene.signedIn()
    const first = await session.token()
    expect((await session.token(first.text)).text).toBe(first.text)
    scene.ahead = minute
    const second = await session.token(first.text)
    expect(second.text).not.toBe(first.text)
    expect((await session.token(first.text)).text).toBe(second.text)
  })

  it("of many tabs comes by refresh tokens that are good once each", async () => {
    const scene = await SignInScene.open()
    await scene.signedIn()
    const tabs = [scene.tab(), scene.tab(), scene.tab()]
    const tokens = await Promise.all(tabs.map(({ session }) => session.token()))
    expect(new Set(tokens.map(({ text }) => text)).size).toBe(3)
    scene.ahead = 60 * minute
    await Promise.all(tabs.map(({ session }) => session.token()))
    for (const { session } of tabs) expect(session.state.phase).toBe("in")
  })

  it("that is still good serves while the provider is down; after it, that is told and tried again", async () => {
    const scene = await SignInScene.open()
    const { session } = await scene.signedIn()
    const first = await session.token()
    await scene.provider.down()
    scene.ahead = 59 * minute + 30_000
    expect((await session.token()).text).toBe(first.text)
    scene.ahead = 61 * minute
    await expect(session.token()).rejects.toMatchObject({ kind: "unreachable" })
    expect(session.state).toMatchObject({ phase: "in", trouble: "unreachable" })
    await scene.provider.up()
    expect((await session.token()).text).not.toBe(first.text)
    expect(session.state.trouble).toBeUndefined()
  })
})

describe("a session that has ended", () => {
  it("is waited for, and goes on when the same person signs in in any tab", async () => {
    const scene = await SignInScene.open()
    const { session } = await scene.signedIn()
    const first = await session.token()
    scene.provider.forget()
    scene.ahead = 61 * minute
    const waited = session.token()
    await expect.poll(() => session.state.phase).toBe("ended")
    expect(session.state).toMatchObject({ phase: "ended", trouble: "ended", person: { id: ada } })

    scene.ahead = 0
    await scene.signedIn()
    session.look()
    expect(session.state).toMatchObject({ phase: "in" })
    expect(session.state.trouble).toBeUndefined()
    expect((await waited).text).not.toBe(first.text)
  })

  it("is found out at a reload too, where nothing is on the screen yet", async () => {
    const scene = await SignInScene.open()
    await scene.signedIn()
    scene.provider.forget()
    const tab = scene.tab()
    void tab.session.token()
    await expect.poll(() => tab.session.state.phase).toBe("out")
    expect(tab.session.state).toMatchObject({ trouble: "ended" })
    expect(scene.tab().session.state).toMatchObject({ phase: "out", trouble: "ended" })
  })

  it("is not gone on with by somebody else: the page begins anew", async () => {
    const scene = await SignInScene.open()
    const tab = await scene.signedIn()
    scene.visitor.forget()
    await scene.signedIn("bob@example.org")
    tab.session.look()
    expect(tab.left).toContain("reload")
  })
})

describe("signing out", () => {
  it("ends it here, in other tabs and at the provider, and forgets what was kept", async () => {
    const scene = await SignInScene.open()
    const tab = await scene.signedIn()
    const other = scene.tab()
    await other.session.token()
    const kept = [...scene.storage.values.values()].join()
    await tab.session.signOut()
    expect(scene.storage.values.size).toBe(0)
    expect(tab.session.state).toMatchObject({ phase: "out" })
    expect(tab.forgotten).toEqual([ada])
    const left = new URL(tab.left.at(-1) ?? "")
    expect(left.pathname).toBe("/session/end")
    expect(left.searchParams.get("client_id")).toBe("omnichat-web")

    other.session.look()
    expect(other.session.state).toMatchObject({ phase: "out" })
    expect(other.forgotten).toEqual([ada])

    scene.storage.values.set("omnichat.sign-in", kept)
    const thief = scene.tab()
    void thief.session.token()
    await expect.poll(() => thief.session.state).toMatchObject({ phase: "out", trouble: "ended" })
  })

  it("is not undone by a renewal that was under way", async () => {
    const scene = await SignInScene.open()
    const { session } = await scene.signedIn()
    let arrive = () => {}
    scene.gate = new Promise((resolve) => (arrive = resolve))
    const renewed = expect(session.renew()).rejects.toMatchObject({ kind: "ended" })
    await expect.poll(() => scene.renewals).toBe(1)
    await session.signOut()
    arrive()
    await renewed
    expect(scene.storage.values.size).toBe(0)
    expect(session.state).toMatchObject({ phase: "out" })
    expect(session.state.trouble).toBeUndefined()
  })

  it("works without the provider", async () => {
    const scene = await SignInScene.open()
    const tab = await scene.signedIn()
    await scene.provider.down()
    await tab.session.signOut()
    expect(scene.storage.values.size).toBe(0)
    expect(tab.left).toHaveLength(1)
  })
})
