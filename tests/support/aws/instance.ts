import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { randomUUID } from "node:crypto"
import { once } from "node:events"
import type { IncomingMessage, ServerResponse } from "node:http"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { workspaceRoot } from "../../../scripts/lib/files.mjs"
import { lambdaNode } from "../node24.ts"
import { bytesOf } from "./listen.ts"

/** What an invocation came to. Of a streaming function the answer is a stream that is read as it comes. */
export type Outcome =
  | { kind: "answer"; payload: string }
  | { kind: "stream"; contentType: string; body: IncomingMessage; over: Promise<void> }
  | { kind: "error"; payload: string; unhandled: boolean }

export type Job = {
  id: string
  payload: string
  arn: string
  timeoutMs: number
  settle(outcome: Outcome): void
}

export type Spawned = {
  name: string
  folder: string
  environment: Record<string, string>
  preload?: string
  /** Where the runtime API of this instance is: host, port and path. */
  runtimeApi: string
  /** Told when it waits for an event, and when it is no more. */
  onIdle(instance: Instance): void
  onGone(instance: Instance): void
  /** A line on stdout or stderr. */
  onLine(line: string): void
}

/** A process that is stopped would not notice that its tests are over. */
const alive = new Set<ChildProcess>()
process.once("exit", () => {
  for (const child of alive) child.kill("SIGKILL")
})

const compileCache = join(workspaceRoot, "node_modules/.cache/omnichat/compiled")
const bootstrap = fileURLToPath(new URL("bootstrap.mjs", import.meta.url))

/** One process of a function. It has one event at a time, and between two of them it is stopped. */
export class Instance {
  readonly id: string
  readonly #given: Spawned
  readonly #child: ChildProcess
  #waiting: ServerResponse | undefined
  #job: Job | undefined
  #timer: NodeJS.Timeout | undefined
  #streamed: (() => void) | undefined
  /** Milliseconds that events took, from the moment it had them. */
  busyMs = 0
  #since = 0

  constructor(id: string, given: Spawned) {
    this.id = id
    this.#given = given
    const preload = given.preload === undefined ? [] : ["--import", given.preload]
    this.#child = spawn(lambdaNode, [...preload, bootstrap], {
      env: {
        ...given.environment,
        AWS_LAMBDA_FUNCTION_NAME: given.name,
        // In the header that tells the SDK's version: who asks.
        AWS_SDK_UA_APP_ID: given.name,
        AWS_LAMBDA_RUNTIME_API: given.runtimeApi,
        LAMBDA_TASK_ROOT: given.folder,
        // What was compiled once need not be again: a cold start takes half the processor's time.
        NODE_COMPILE_CACHE: compileCache,
      },
      stdio: ["ignore", "pipe", "pipe"],
    })
    alive.add(this.#child)
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on("line", given.onLine)
    }
    this.#child.once("exit", (code, signal) => this.#ended(code, signal))
  }

  get busy(): boolean {
    return this.#job !== undefined
  }

  get gone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** Gives it an event; only when it is not busy. */
  give(job: Job): void {
    this.#job = job
    if (this.#waiting !== undefined) this.#deliver(this.#waiting, job)
  }

  /** Ends it at once, whatever it does. Resolves when it is no more. */
  async kill(): Promise<void> {
    if (this.gone) return
    const exited = once(this.#child, "exit")
    this.#child.kill("SIGKILL")
    await exited
  }

  /** What the process asks of the runtime API. */
  async handle(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (path === "/invocation/next") return this.#next(response)
    if (path === "/init/error") {
      const payload = (await bytesOf(request)).toString("utf8")
      this.#settle({ kind: "error", payload, unhandled: true })
      return void response.writeHead(202).end()
    }
    const [, id, what] = /^\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? []
    if (id === undefined || id !== this.#job?.id) return void response.writeHead(400).end()
    if (what === "response" && request.headers["lambda-runtime-function-response-mode"] === "streaming") {
      return this.#stream(request, response)
    }
    const payload = (await bytesOf(request)).toString("utf8")
    this.#settle(what === "response" ? { kind: "answer", payload } : { kind: "error", payload, unhandled: true })
    response.writeHead(202).end()
  }

  #next(response: ServerResponse): void {
    // a streaming function that ended without a word
    if (this.#job !== undefined && this.#since > 0) this.#settle({ kind: "answer", payload: "null" })
    if (this.#job !== undefined) return this.#deliver(response, this.#job)
    this.#waiting = response
    this.#child.kill("SIGSTOP")
    this.#given.onIdle(this)
  }

  #deliver(response: ServerResponse, { id, payload, arn, timeoutMs }: Job): void {
    this.#waiting = undefined
    this.#since = performance.now()
    this.#timer = setTimeout(() => this.#timeOut(timeoutMs), timeoutMs)
    response.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": id,
      "lambda-runtime-deadline-ms": String(Date.now() + timeoutMs),
      "lambda-runtime-invoked-function-arn": arn,
    })
    response.end(payload)
    this.#child.kill("SIGCONT")
  }

  async #stream(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const over = new Promise<void>((resolve) => {
      this.#streamed = resolve
    })
    const contentType = String(request.headers["content-type"])
    this.#job?.settle({ kind: "stream", contentType, body: request, over })
    await once(request, "close")
    this.#settle(undefined)
    response.writeHead(202).end()
  }

  #timeOut(timeoutMs: number): void {
    const errorMessage = `${this.#job?.id} Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`
    this.#settle({ kind: "error", payload: JSON.stringify({ errorMessage }), unhandled: true })
    this.#child.kill("SIGKILL")
  }

  #settle(outcome: Outcome | undefined): void {
    clearTimeout(this.#timer)
    if (this.#since > 0) this.busyMs += performance.now() - this.#since
    this.#since = 0
    const job = this.#job
    this.#job = undefined
    this.#streamed?.()
    this.#streamed = undefined
    if (outcome !== undefined) job?.settle(outcome)
  }

  #ended(code: number | null, signal: string | null): void {
    alive.delete(this.#child)
    const how = signal === null ? `exit status ${code}` : `signal: ${signal}`
    const errorMessage = `RequestId: ${this.#job?.id} Error: Runtime exited with error: ${how}`
    const payload = JSON.stringify({ errorType: "Runtime.ExitError", errorMessage })
    this.#settle({ kind: "error", payload, unhandled: true })
    this.#given.onGone(this)
  }
}

export const newRequestId = (): string => randomUUID()
