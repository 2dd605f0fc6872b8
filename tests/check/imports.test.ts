import { describe, expect, test } from "vitest"
import { checkImports } from "../../scripts/check/imports.mjs"
import { manifest, tree } from "./tree.ts"

/** A small workspace in which every arrow points the right way. */
const clean = {
  "package.json": JSON.stringify({ devDependencies: { vitest: "1.0.0" } }),
  "packages/core/package.json": manifest("valibot", "hono", "@aws-sdk/client-s3", "solid-js", "ws", "libsql"),
  "packages/core/src/protocol/frame.ts": 'import * as v from "valibot"\nexport const frame = v.string()\n',
  "packages/core/src/run/start.ts": 'import { frame } from "../protocol/frame.ts"\nexport const start = frame\n',
  "packages/core/src/run/start.test.ts": 'import { test } from "vitest"\nimport "node:fs"\ntest("x", () => {})\n',
  "packages/client/package.json": manifest("valibot"),
  "packages/client/src/client.ts": 'import "@omnichat/core/protocol/frame"\n',
  "packages/functions/package.json": manifest("hono", "@aws-sdk/client-s3"),
  "packages/functions/src/http/app.ts": 'import "hono"\nimport "@omnichat/core/run/start"\n',
  "packages/functions/src/aws/dynamo.ts": 'import "@aws-sdk/client-s3"\nexport const dynamo = 1\n',
  "packages/functions/src/aws/bedrock.ts": 'import "@aws-sdk/client-s3"\nexport const bedrock = 1\n',
  "packages/local/package.json": manifest("ws", "@aws-sdk/client-s3"),
  "packages/local/src/server.ts":
    'import "ws"\nimport "node:http"\nimport "@omnichat/functions/http/app"\nawait import("@omnichat/functions/aws/bedrock")\n',
  "packages/web/package.json": manifest("solid-js", "valibot"),
  "packages/web/src/app.tsx":
    'import "solid-js"\nimport "@omnichat/client/client"\nimport "@omnichat/core/protocol/frame"\nimport "./app.css"\n',
  "packages/web/src/app.css": "",
  "tests/e2e/chat.test.ts": 'import "vitest"\nimport "@omnichat/local/server"\nimport "ws"\n',
}

test("a clean workspace passes", () => {
  expect(checkImports(tree(clean))).toEqual([])
})

describe("boundaries", () => {
  test.each<[title: string, path: string, text: string, problem: string]>([
    ["core imports Hono", "core/src/a.ts", 'import "hono"', "imports hono: core may not"],
    [
      "core imports the AWS SDK",
      "core/src/a.ts",
      'import "@aws-sdk/client-s3"',
      "imports @aws-sdk/client-s3: core may not",
    ],
    [
      "core imports a type of the AWS SDK",
      "core/src/a.ts",
      'import type { S3 } from "@aws-sdk/client-s3"\nexport type A = S3',
      "imports @aws-sdk/client-s3: core may not",
    ],
    [
      "core names a type of the AWS SDK in place",
      "core/src/a.ts",
      'export type A = import("@aws-sdk/client-s3").S3',
      "imports @aws-sdk/client-s3: core may not",
    ],
    ["core passes the AWS SDK on", "core/src/a.ts", 'export * from "@aws-sdk/client-s3"', "imports @aws-sdk/client-s3"],
    [
      "core loads the AWS SDK late",
      "core/src/a.ts",
      'await import("@aws-sdk/client-s3")',
      "imports @aws-sdk/client-s3",
    ],
    ["core imports Solid", "core/src/a.ts", 'import "solid-js/store"', "imports solid-js: core may not"],
    ["core imports ws", "core/src/a.ts", 'import "ws"', "imports ws: core may not"],
    ["core imports libsql", "core/src/a.ts", 'import "libsql"', "imports libsql: core may not"],
    ["core imports Node", "core/src/a.ts", 'import "node:http"', "imports node:http: core may not know Node"],
    ["core imports Node by its bare name", "core/src/a.ts", 'import "fs"', "imports fs: core may not know Node"],
    [
      "core imports functions",
      "core/src/a.ts",
      'import "@omnichat/functions/http/app"',
      "imports packages/functions/src/http/app.ts: core may not",
    ],
    [
      "the protocol imports the rest of core",
      "core/src/protocol/a.ts",
      'import "../run/start.ts"',
      "imports packages/core/src/run/start.ts: core/protocol may not",
    ],
    [
      "the client imports more of core than the protocol",
      "client/src/a.ts",
      'import "@omnichat/core/run/start"',
      "imports packages/core/src/run/start.ts: client may not",
    ],
    ["the client imports a package", "client/src/a.ts", 'import "valibot"', "imports valibot: client may not"],
    ["the client imports Node", "client/src/a.ts", 'import "node:fs"', "imports node:fs: client may not know Node"],
    [
      "the web app imports more of core than the protocol",
      "web/src/a.tsx",
      'import type { start } from "@omnichat/core/run/start"',
      "imports packages/core/src/run/start.ts: web may not",
    ],
    [
      "the web app imports the server",
      "web/src/a.tsx",
      'import "@omnichat/local/server"',
      "imports packages/local/src/server.ts: web may not",
    ],
    ["a handler imports the AWS SDK", "functions/src/http/a.ts", 'import "@aws-sdk/client-s3"', "functions may not"],
    [
      "a handler imports an AWS adapter",
      "functions/src/worker/a.ts",
      'import "../aws/dynamo.ts"',
      "imports packages/functions/src/aws/dynamo.ts: functions may not",
    ],
    [
      "functions imports local",
      "functions/src/aws/a.ts",
      'import "@omnichat/local/server"',
      "imports packages/local/src/server.ts: functions/aws may not",
    ],
    [
      "local imports the AWS SDK",
      "local/src/a.ts",
      'import "@aws-sdk/client-s3"',
      "imports @aws-sdk/client-s3: local may not",
    ],
    [
      "local imports an AWS adapter",
      "local/src/a.ts",
      'await import("@omnichat/functions/aws/dynamo")',
      "imports packages/functions/src/aws/dynamo.ts: local may not",
    ],
    [
      "local imports Bedrock before it is needed",
      "local/src/a.ts",
      'import "@omnichat/functions/aws/bedrock"',
      "local may load it by import() only",
    ],
    ["local imports the web app", "local/src/a.ts", 'import "../../web/src/app.tsx"', "out of its package"],
    [
      "a package is reached by its path",
      "local/src/a.ts",
      'import "../../core/src/run/start.ts"',
      "out of its package",
    ],
    [
      "a test's helper is imported by what is no test",
      "core/src/a.ts",
      'import "./run/start.test.ts"',
      "imports packages/core/src/run/start.test.ts, which is for tests",
    ],
    ["a package is not declared", "local/src/a.ts", 'import "hono"', "packages/local/package.json does not declare"],
    ["a file is not there", "core/src/a.ts", 'import "./b.ts"', "imports packages/core/src/b.ts, which does not exist"],
    ["an import is computed", "core/src/a.ts", "await import(String(1))", "imports what only a run can tell"],
  ])("%s", (_, path, text, problem) => {
    const problems = checkImports(tree({ ...clean, [`packages/${path}`]: `${text}\n` }))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(`packages/${path}:1 `)
    expect(problems[0]).toContain(problem)
  })

  test("tests import the web app", () => {
    const problems = checkImports(tree({ ...clean, "tests/a.ts": 'import "../packages/web/src/app.tsx"\n' }))
    expect(problems).toEqual([expect.stringContaining("tests/a.ts:1 imports packages/web/src/app.tsx")])
  })

  test("a file stands in no layer", () => {
    const problems = checkImports(tree({ ...clean, "packages/extra/src/a.ts": "export {}\n" }))
    expect(problems).toEqual([expect.stringContaining("packages/extra/src/a.ts belongs to no layer")])
  })
})

describe("cycles", () => {
  test("are found and told the shortest way round", () => {
    const problems = checkImports(
      tree({
        ...clean,
        "packages/core/src/a.ts": 'import "./b.ts"\n',
        "packages/core/src/b.ts": 'import "./a.ts"\nimport "./c.ts"\n',
        "packages/core/src/c.ts": 'import "./a.ts"\n',
      }),
    )
    expect(problems).toEqual(["import cycle: packages/core/src/a.ts → packages/core/src/b.ts → packages/core/src/a.ts"])
  })

  test("of types count", () => {
    const problems = checkImports(
      tree({
        ...clean,
        "packages/core/src/a.ts": 'import type { B } from "./b.ts"\nexport type A = B\n',
        "packages/core/src/b.ts": 'import type { A } from "./a.ts"\nexport type B = A\n',
      }),
    )
    expect(problems).toHaveLength(1)
  })

  test("of one file with itself count", () => {
    const problems = checkImports(tree({ ...clean, "packages/core/src/a.ts": 'import "./a.ts"\n' }))
    expect(problems).toEqual(["import cycle: packages/core/src/a.ts → packages/core/src/a.ts"])
  })

  test("that are cut by import() do not", () => {
    const problems = checkImports(
      tree({
        ...clean,
        "packages/core/src/a.ts": 'import "./b.ts"\n',
        "packages/core/src/b.ts": 'await import("./a.ts")\n',
      }),
    )
    expect(problems).toEqual([])
  })
})
