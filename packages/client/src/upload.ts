import { ClientError, toClientError } from "./errors.ts"
import { errorOf } from "./request.ts"

export type UploadOptions = {
  /** Bytes sent so far, of all. Without a browser it is called once, at the end. */
  onProgress?: (sent: number, total: number) => void
  signal?: AbortSignal
}

type Put = UploadOptions & { url: string; headers: Record<string, string>; body: Blob; fetch: typeof fetch }

/** Puts the bytes where the server said (protocol H7). Only XMLHttpRequest tells how far an upload has come. */
export async function put(request: Put): Promise<void> {
  if (request.onProgress && typeof XMLHttpRequest === "function") return putWithProgress(request)
  const { url, headers, body, fetch, signal, onProgress } = request
  const answer = await fetch(url, { method: "PUT", headers, body, ...(signal && { signal }) }).catch(
    (thrown: unknown) => {
      throw toClientError(thrown, "The upload did not reach the server")
    },
  )
  if (!answer.ok) throw await errorOf(answer, "The upload")
  onProgress?.(body.size, body.size)
}

function putWithProgress({ url, headers, body, onProgress, signal }: Put): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const abort = () => request.abort()
    const failed = (why: string) => reject(new ClientError("offline", `The upload ${why}.`))
    request.open("PUT", url)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = (event) => onProgress?.(event.loaded, body.size)
    request.onerror = () => failed("did not reach the server")
    request.onabort = () => failed("was aborted")
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) return resolve()
      const answer = new Response(request.responseText, { status: request.status })
      errorOf(answer, "The upload").then(reject, reject)
    }
    request.onloadend = () => signal?.removeEventListener("abort", abort)
    signal?.addEventListener("abort", abort)
    if (signal?.aborted) failed("was aborted")
    else request.send(body)
  })
}
