import { configDefaults, defineConfig } from "vitest/config"
import LongestFirst from "./scripts/lib/longest-first.mjs"

const browserTests = (...names: string[]) => names.map((name) => `tests/e2e/${name}.test.ts`)

/**
 * What a browser sees of the runtime below it: words that come, stay and are found again. The other browser tests are about
 * what only one machine has (Ollama servers and their faults, settings, the first start), or about the page alone, which is
 * the same file everywhere.
 */
const chatting = browserTests("branches", "chat", "files", "list", "network", "reload", "security", "waiting")
/** Only on AWS one signs in. */
const accounts = browserTests("sign-in", "sign-in-looks")

export default defineConfig({
  test: {
    // The whole service is held against the same scenarios as one machine runs it, and as AWS does.
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.{ts,tsx}"],
          // They start nothing and change nothing that outlives them, and most of their time was a new process for each.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "local",
          include: ["tests/**/*.test.ts"],
          exclude: [...configDefaults.exclude, "tests/handlers/**", ...accounts],
          provide: { runtime: "local" },
        },
      },
      {
        extends: true,
        test: {
          name: "aws",
          include: ["tests/scenarios/**/*.test.ts", "tests/handlers/**/*.test.ts", ...chatting, ...accounts],
          // A server that starts again is one machine's. What AWS can lose instead is in tests/handlers/faults.test.ts.
          exclude: [...configDefaults.exclude, "tests/scenarios/guarantees-restart.test.ts"],
          globalSetup: "tests/support/aws/build.ts",
          provide: { runtime: "aws" },
        },
      },
    ],
    // Servers, engines and browsers are started by the tests, so a fork for each file and no more than there are cores.
    pool: "forks",
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    allowOnly: false,
  },
})
