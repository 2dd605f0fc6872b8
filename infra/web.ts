import { api } from "./api.ts"
import { pageHeaders } from "./header.ts"
import { hostFunction, pageFunction } from "./page.ts"
import { stage } from "./stage.ts"
import { webBucket } from "./web-file.ts"

/** Policies that CloudFront has ready. */
const ready = {
  cachingOptimized: "658327ea-f89d-4fab-a63d-7e88639e58f6",
  cachingDisabled: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
  allViewerExceptHostHeader: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
}

/** The paths that are the API's; all others are the page's. Not /metrics, which is for us alone. */
const apiPaths = ["/api/*", "/v1/*", "/ollama/*", "/health", "/ready"]

const access = new aws.cloudfront.OriginAccessControl("WebAccess", {
  originAccessControlOriginType: "s3",
  signingBehavior: "always",
  signingProtocol: "sigv4",
})

/** One address for the page and the API, so that there are no foreign origins. */
const site = new sst.aws.Cdn("Site", {
  comment: `${$app.name} ${$app.stage}`,
  ...(stage.domain !== undefined && { domain: domainOf(stage.domain) }),
  origins: [
    {
      originId: "web",
      domainName: webBucket.nodes.bucket.bucketRegionalDomainName,
      originAccessControlId: access.id,
    },
    {
      originId: "api",
      domainName: api.url.apply((url) => new URL(url).host),
      customOriginConfig: {
        httpPort: 80,
        httpsPort: 443,
        originProtocolPolicy: "https-only",
        originSslProtocols: ["TLSv1.2"],
        // Between two bytes; a stream gives a sign of life every 15 s.
        originReadTimeout: 60,
        originKeepaliveTimeout: 60,
      },
    },
  ],
  defaultCacheBehavior: {
    targetOriginId: "web",
    viewerProtocolPolicy: "redirect-to-https",
    allowedMethods: ["GET", "HEAD"],
    cachedMethods: ["GET", "HEAD"],
    compress: true,
    cachePolicyId: ready.cachingOptimized,
    responseHeadersPolicyId: pageHeaders.id,
    functionAssociations: [{ eventType: "viewer-request", functionArn: pageFunction.arn }],
  },
  orderedCacheBehaviors: apiPaths.map((pathPattern) => ({
    pathPattern,
    targetOriginId: "api",
    // No redirect: what was sent once without encryption, a token maybe, must not look as if it had worked.
    viewerProtocolPolicy: "https-only",
    allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
    cachedMethods: ["GET", "HEAD"],
    // Compressing would hold a stream back.
    compress: false,
    cachePolicyId: ready.cachingDisabled,
    originRequestPolicyId: ready.allViewerExceptHostHeader,
    functionAssociations: [{ eventType: "viewer-request", functionArn: hostFunction.arn }],
  })),
  transform: { distribution: { httpVersion: "http2and3", isIpv6Enabled: true } },
})

export const siteId = site.nodes.distribution.id

/** The origin of the page and of the API, without a slash at its end. */
export const siteUrl = stage.domain === undefined ? site.url : $output(`https://${stage.domain.name}`)

/** With a certificate of its own the domain's records are somebody else's; else both are made in Route 53. */
function domainOf({ name, certificate }: NonNullable<typeof stage.domain>) {
  return certificate === undefined ? { name } : { name, cert: certificate, dns: false as const }
}
