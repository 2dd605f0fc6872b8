import type { Router } from "./router.ts"

export type Readiness = {
  /** Whether work would be taken now. */
  ready: boolean
  store: "ok" | "failed"
  /** How many models there are to choose from, those of silent sources among them. */
  models: number
  /** Without addresses: everybody may ask. */
  sources: { provider: string; state: string }[]
  /** What is missing and what to do, where it is not ready. */
  message?: string
}

export type Health = {
  version: string
  ready(): Promise<Readiness>
  /** Prometheus text, and its media type. */
  metrics(): Promise<{ text: string; contentType: string }>
}

/** For whoever watches over the service (protocol H8). */
export function addHealth(router: Router, health: Health): void {
  router.on("GET", "/health", "health.read", (c) =>
    c.json({ status: "ok", service: "omnichat", version: health.version }),
  )

  router.on("GET", "/ready", "health.read", async (c) => {
    const { ready, ...found } = await health.ready()
    return c.json({ status: ready ? "ready" : "not ready", ...found }, ready ? 200 : 503)
  })

  router.on("GET", "/metrics", "metrics.read", async () => {
    const { text, contentType } = await health.metrics()
    return new Response(text, { headers: { "content-type": contentType } })
  })
}
