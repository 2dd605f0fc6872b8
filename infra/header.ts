import { users } from "./auth.ts"
import { bucket } from "./bucket.ts"
import { socket } from "./socket.ts"
import { place } from "./stage.ts"

/** Where the page may connect to, beside its own origin: the socket, signing in, files at signed addresses. */
const connections = $util
  .all([socket.nodes.api.apiEndpoint, users.domain, place.region, bucket.nodes.bucket.bucketRegionalDomainName])
  .apply(([endpoint, signIn, region, files]) =>
    ["'self'", endpoint, signIn, `https://cognito-idp.${region}.amazonaws.com`, `https://${files}`].join(" "),
  )

/** What the page may do; for the reasons see packages/local/src/http/web.ts, with which a test compares it. */
const contentSecurityPolicy = $interpolate`default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https: http:; font-src 'self'; connect-src ${connections}; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

const others = [
  { header: "cross-origin-opener-policy", value: "same-origin" },
  { header: "cross-origin-resource-policy", value: "same-origin" },
  { header: "permissions-policy", value: "camera=(), geolocation=(), microphone=(), payment=(), usb=()" },
]

/** The headers of every file of the web app. */
export const pageHeaders = new aws.cloudfront.ResponseHeadersPolicy("PageHeaders", {
  comment: "What a page of the web app may do",
  securityHeadersConfig: {
    contentSecurityPolicy: { contentSecurityPolicy, override: true },
    contentTypeOptions: { override: true },
    referrerPolicy: { referrerPolicy: "no-referrer", override: true },
    strictTransportSecurity: { accessControlMaxAgeSec: 365 * 24 * 60 * 60, override: true },
  },
  customHeadersConfig: { items: others.map((each) => ({ ...each, override: true })) },
})
