import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { createInterface } from "node:readline"
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb"
import { dynamoTable } from "@omnichat/functions/aws/dynamo"

/** Real engines that speak DynamoDB's protocol, as processes of their own. */
export type EngineName = "extenddb" | "dynoxide"

type Engine = { command: string; args: string[]; env: Record<string, string>; ready: RegExp }

const engines: Record<EngineName, (port: number, folder: string) => Engine> = {
  extenddb: (port, folder) => ({
    command: "extenddb",
    args: ["serve", "--foreground"],
    env: { EXTENDDB__SERVER__PORT: String(port), EXTENDDB__STORAGE__SQLITE__PATH: join(folder, "data.db") },
    ready: /listening on/,
  }),
  dynoxide: (port) => ({
    command: "dynoxide",
    args: ["serve", "--port", String(port)],
    env: {},
    ready: /listening on/i,
  }),
}

/** Where the engine's program is; undefined, told once, on a platform its package is not made for. */
export function engineFolder(name: EngineName): string | undefined {
  const module = `@${name}/${process.platform}-${process.arch}`
  try {
    return dirname(createRequire(import.meta.url).resolve(`${module}/package.json`))
  } catch {
    if (process.platform === "linux" && process.arch === "x64") {
      throw new Error(`${module} is not installed: npm ci`)
    }
    console.warn(`${name} is not made for ${process.platform}-${process.arch}: its tests are skipped`)
    return undefined
  }
}

/** Starts an engine on a free port, with its data in a new folder, and makes a table. */
export async function startEngine(name: EngineName) {
  const programs = engineFolder(name)
  if (programs === undefined) throw new Error(`${name} is not made for this platform`)
  const folder = mkdtempSync(join(tmpdir(), `omnichat-${name}-`))
  const port = await freePort()
  const { command, args, env, ready } = engines[name](port, folder)
  const child = spawn(join(programs, command), args, {
    env: { PATH: process.env.PATH, HOME: folder, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    cwd: folder,
  })
  const stop = async () => {
    const exit = child.exitCode === null ? once(child, "exit") : undefined
    child.kill("SIGKILL")
    await exit
    rmSync(folder, { recursive: true })
  }
  await saying(child, ready)
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    // The pair that AWS's documentation shows, and the only one that ExtendDB takes.
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" },
  })
  const tableName = "omnichat"
  await createTable(client, tableName)
  return {
    client,
    tableName,
    open: (now: () => number) => dynamoTable({ client, tableName, now }),
    close: async () => {
      client.destroy()
      await stop()
    },
  }
}

async function createTable(client: DynamoDBClient, TableName: string): Promise<void> {
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: "HASH" as const },
    { AttributeName: range, KeyType: "RANGE" as const },
  ]
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["pk", "sk", "gsi1pk", "gsi1sk"].map((AttributeName) => ({
        AttributeName,
        AttributeType: "S",
      })),
      KeySchema: keys("pk", "sk"),
      GlobalSecondaryIndexes: [
        { IndexName: "gsi1", KeySchema: keys("gsi1pk", "gsi1sk"), Projection: { ProjectionType: "ALL" } },
      ],
    }),
  )
  await waitUntilTableExists({ client, minDelay: 0.05, maxDelay: 0.2, maxWaitTime: 20 }, { TableName })
}

/** Resolves when the process says that it is ready, and goes on reading what it says, so that it never has to wait. */
function saying(child: ChildProcess, ready: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    const said: string[] = []
    child.once("error", reject)
    child.once("exit", (code) => reject(new Error(`the engine ended with ${code}: ${said.join("\n")}`)))
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue
      createInterface({ input: stream }).on("line", (line) => {
        if (said.length < 50) said.push(line)
        if (ready.test(line)) resolve()
      })
    }
  })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  if (address === null || typeof address === "string") throw new Error("no free port")
  return address.port
}
