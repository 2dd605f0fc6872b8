import { OmniError } from "@omnichat/core/protocol/error"
import type * as v from "valibot"
import { parseForm, parseJson } from "../form.ts"
import { WrongContentType } from "./refusal.ts"

/** @throws WrongContentType when there is a body and it is not declared as JSON (protocol H2) */
export function requireJson(request: Request): void {
  if (hasBody(request) && !isJson(request)) throw wrongType(request)
}

/**
 * The request's body, of at most `limit` bytes, checked against the schema.
 *
 * @throws WrongContentType; OmniError `too_large`, `invalid`
 */
export async function readBody<S extends v.GenericSchema<unknown, unknown>>(
  request: Request,
  schema: S,
  limit: number,
): Promise<v.InferOutput<S>> {
  if (!isJson(request)) throw wrongType(request)
  const bytes = await readBytes(request, limit)
  return parseForm(schema, parseJson(decode(bytes), "The body"), "The body")
}

/** Counts while reading: what `Content-Length` says is only a reason to refuse sooner. */
async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
  const tooLarge = () => new OmniError("too_large", `The body is larger than the ${limit} bytes this takes.`)
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge()
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = request.body?.getReader()
  for (;;) {
    const next = await reader?.read()
    if (next === undefined || next.done) break
    length += next.value.length
    if (length > limit) {
      await reader?.cancel()
      throw tooLarge()
    }
    chunks.push(next.value)
  }
  return join(chunks, length)
}

function join(chunks: Uint8Array[], length: number): Uint8Array {
  const [first] = chunks
  if (first !== undefined && chunks.length === 1) return first
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    throw new OmniError("invalid", "The body is not UTF-8.") // the decoder's one error
  }
}

const wrongType = (request: Request): WrongContentType =>
  new WrongContentType("application/json", request.headers.get("content-type"))

const isJson = (request: Request): boolean =>
  /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(request.headers.get("content-type") ?? "")

/** HTTP/1.1 says it in these two headers (RFC 9112, section 6). */
function hasBody(request: Request): boolean {
  const length = request.headers.get("content-length")
  return request.headers.has("transfer-encoding") || (length !== null && Number(length) !== 0)
}
