import { homedir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { readSettings, WrongSettings } from "./settings.ts"

const atTerminal = { terminal: true, screen: true }
const problemsOf = (env: Record<string, string>): string[] => {
  try {
    readSettings(env, atTerminal)
    return []
  } catch (thrown) {
    if (thrown instanceof WrongSettings) return thrown.problems
    throw thrown
  }
}

describe("readSettings", () => {
  it("has a default for everything, and leaves the model sources open", () => {
    expect(readSettings({}, atTerminal)).toEqual({
      port: 3000,
      host: "127.0.0.1",
      dataFolder: join(homedir(), ".omnichat"),
      openBrowser: true,
      logLevel: "error",
    })
  })

  it("takes every variable", () => {
    const env = {
      PORT: "3001",
      HOST: "[::1]",
      OMNICHAT_DATA: "~/chats",
      OLLAMA_URLS: "http://127.0.0.1:11434/, https://gpu.example ,",
      OPENAI_BASE_URL: "http://127.0.0.1:8080/v1/",
      OPENAI_API_KEY: "sk-1",
      OMNICHAT_OPEN: "0",
      OMNICHAT_DEMO: "1",
      LOG_LEVEL: "DEBUG",
    }
    expect(readSettings(env, atTerminal)).toEqual({
      port: 3001,
      host: "::1",
      dataFolder: join(homedir(), "chats"),
      ollamaUrls: ["http://127.0.0.1:11434", "https://gpu.example"],
      openaiBaseUrl: "http://127.0.0.1:8080/v1",
      openaiApiKey: "sk-1",
      openBrowser: false,
      demo: true,
      logLevel: "debug",
    })
  })

  it("takes aliases, and says what they look like when they are none", () => {
    const { aliases } = readSettings({ OMNICHAT_ALIASES: '[{"id":"fast","targets":["ollama/a:1b"]}]' }, atTerminal)
    expect(aliases).toEqual([{ id: "fast", name: "fast", targets: [{ model: "ollama/a:1b" }] }])
    expect(problemsOf({ OMNICHAT_ALIASES: "fast=a" })).toEqual([
      expect.stringMatching(/^OMNICHAT_ALIASES is "fast=a": expected a list such as \[\{"id":"smart".*\]$/),
    ])
    expect(problemsOf({ OMNICHAT_BEDROCK: "maybe", OMNICHAT_BEDROCK_MODELS: "two words" })).toHaveLength(2)
  })

  it("takes an empty variable for an absent one", () => {
    expect(readSettings({ PORT: "", OLLAMA_URLS: " " }, atTerminal)).toEqual(readSettings({}, atTerminal))
  })

  it("opens a browser only where somebody sees it", () => {
    const opens = (env: Record<string, string>, surroundings = atTerminal) =>
      readSettings(env, surroundings).openBrowser
    expect(opens({})).toBe(true)
    expect(opens({ CI: "true" })).toBe(false)
    expect(opens({}, { terminal: false, screen: true })).toBe(false)
    expect(opens({}, { terminal: true, screen: false })).toBe(false)
    expect(opens({ OMNICHAT_OPEN: "1" }, { terminal: false, screen: false })).toBe(true)
  })

  it("logs more where lines are kept", () => {
    expect(readSettings({}, { terminal: false, screen: false }).logLevel).toBe("info")
  })

  it.each([
    ["PORT", "0"],
    ["PORT", "65536"],
    ["PORT", "3000x"],
    ["PORT", "-1"],
    ["HOST", "0.0.0.0"],
    ["HOST", "192.168.1.5"],
    ["HOST", "127.0.0.1.evil.example"],
    ["OLLAMA_URLS", "127.0.0.1:11434"],
    ["OLLAMA_URLS", "http://a, ftp://b"],
    ["OLLAMA_URLS", ","],
    ["OPENAI_BASE_URL", "http://x/v1?key=1"],
    ["OPENAI_BASE_URL", "file:///etc/passwd"],
    ["OMNICHAT_OPEN", "maybe"],
    ["OMNICHAT_DEMO", "2"],
    ["LOG_LEVEL", "loud"],
  ])("says that %s may not be %j", (name, value) => {
    const [problem, ...others] = problemsOf({ [name]: value })
    expect(problem).toContain(`${name} is "${value}": `)
    expect(others).toEqual([])
  })

  it("names all that is wrong at once", () => {
    expect(problemsOf({ PORT: "x", LOG_LEVEL: "y" })).toEqual([
      'PORT is "x": expected a port number from 1 to 65535, such as PORT=3001',
      'LOG_LEVEL is "y": expected one of debug, info, warn, error, silent',
    ])
  })

  it("says why HOST must be this machine", () => {
    expect(problemsOf({ HOST: "0.0.0.0" })[0]).toContain("There are no accounts yet")
  })

  it("repeats no secret", () => {
    expect(problemsOf({ OPENAI_API_KEY: "sk with spaces" })).toEqual([
      "OPENAI_API_KEY is not valid: expected a key without spaces",
    ])
    expect(problemsOf({ OLLAMA_URLS: "ftp://user:secret@gpu" })[0]).not.toContain("secret")
  })
})

it("takes Ollama's own variable as Ollama does", () => {
  const read = (text: string) => readSettings({ OLLAMA_NUM_PARALLEL: text }, { terminal: false, screen: false })
  expect(read("4").ollamaParallel).toBe(4)
  expect(read("0")).not.toHaveProperty("ollamaParallel")
  expect(() => read("many")).toThrow('OLLAMA_NUM_PARALLEL is "many": expected how many answers')
})
