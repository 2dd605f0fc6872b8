import { OmniError } from "@omnichat/core/protocol/error"

/**
 * Refuses what another site's page makes a browser send (protocol H2): anything but a GET whose Origin is neither the
 * configured site nor the host that the proxy in front was asked for. No page can choose that header.
 *
 * @throws OmniError `forbidden`
 */
export function createOriginGuard(siteUrl: string | undefined): (request: Request) => void {
  const site = siteUrl === undefined ? undefined : new URL(siteUrl).origin
  return ({ method, headers }) => {
    const origin = headers.get("origin")
    if (origin === null || origin === site || method === "GET" || method === "HEAD") return
    const host = headers.get("x-forwarded-host")
    if (host !== null && URL.canParse(origin) && new URL(origin).host === host.trim().toLowerCase()) return
    throw new OmniError("forbidden", "This was sent by a page of another site, and only our own pages may.")
  }
}
