import { createHash, createHmac, timingSafeEqual } from "node:crypto"
import type { IncomingMessage } from "node:http"

/** The pair that AWS's documentation shows, and the only one that ExtendDB takes. */
export const testCredentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
}

/** Why a request is refused, as S3 says it. */
export type Refusal = { status: number; code: string }

const forbidden = (code: string): Refusal => ({ status: 403, code })

/**
 * Judges a request as S3 does, signed in its headers or in its address: everything that was signed is as it was when it
 * was signed, and the time is not over. Undefined for a good one. Written from AWS's page on signatures, not from the SDK
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html).
 */
export function judgeSignature(request: IncomingMessage, body: Uint8Array, now: number): Refusal | undefined {
  const url = new URL(request.url ?? "", `http://${request.headers.host}`)
  const isPresigned = url.searchParams.has("X-Amz-Signature")
  const signed = isPresigned ? fromQuery(url.searchParams) : fromHeader(request)
  if (signed === undefined) return forbidden("AccessDenied")
  const [accessKeyId, day, region, service] = signed.credential.split("/")
  if (accessKeyId !== testCredentials.accessKeyId) return forbidden("InvalidAccessKeyId")
  const { date, expiresIn, signedHeaders } = signed
  if (!date.startsWith(`${day}T`) || service !== "s3" || !signedHeaders.includes("host"))
    return forbidden("AccessDenied")
  if (expiresIn !== undefined && !(now < timeOf(date) + expiresIn * 1000)) return forbidden("AccessDenied")
  const payload = isPresigned ? "UNSIGNED-PAYLOAD" : String(request.headers["x-amz-content-sha256"])
  if (payload !== "UNSIGNED-PAYLOAD" && payload !== sha256(body)) {
    return { status: 400, code: "XAmzContentSHA256Mismatch" }
  }
  const canonical = [
    request.method,
    url.pathname,
    canonicalQuery(url.searchParams),
    ...signedHeaders.map((name) => `${name}:${valueOf(request, name)}`),
    "",
    signedHeaders.join(";"),
    payload,
  ].join("\n")
  const scope = signed.credential.slice(accessKeyId.length + 1)
  const toSign = ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n")
  const key = [day, region, service, "aws4_request"].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part ?? ""),
    `AWS4${testCredentials.secretAccessKey}`,
  )
  const isRight = equal(hmac(key, toSign).toString("hex"), signed.signature)
  return isRight ? undefined : forbidden("SignatureDoesNotMatch")
}

type Signed = { credential: string; signedHeaders: string[]; signature: string; date: string; expiresIn?: number }

function fromQuery(query: URLSearchParams): Signed {
  return {
    credential: query.get("X-Amz-Credential") ?? "",
    signedHeaders: (query.get("X-Amz-SignedHeaders") ?? "").split(";"),
    signature: query.get("X-Amz-Signature") ?? "",
    date: query.get("X-Amz-Date") ?? "",
    expiresIn: Number(query.get("X-Amz-Expires")),
  }
}

function fromHeader({ headers }: IncomingMessage): Signed | undefined {
  const form = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/
  const [, credential, names, signature] = form.exec(headers.authorization ?? "") ?? []
  if (credential === undefined || names === undefined || signature === undefined) return undefined
  return { credential, signedHeaders: names.split(";"), signature, date: String(headers["x-amz-date"]) }
}

function canonicalQuery(query: URLSearchParams): string {
  const pairs = [...query].filter(([name]) => name !== "X-Amz-Signature")
  return pairs
    .map((pair) => pair.map(encode).join("="))
    .sort()
    .join("&")
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

const valueOf = ({ headers }: IncomingMessage, name: string): string =>
  String(headers[name] ?? "")
    .trim()
    .replace(/ +/g, " ")

/** `20260102T030405Z`. */
const timeOf = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"))

const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex")
const hmac = (key: string | Buffer, data: string): Buffer => createHmac("sha256", key).update(data).digest()

function equal(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
