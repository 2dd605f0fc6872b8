import { oneOf } from "./read.ts"
import type { Read } from "./read.ts"

/** A site's own address; with a certificate where its records are not with Route 53. */
export type Domain = { name: string; certificate?: string }

const hostName = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/
const certificateArn = /^arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\/[\w-]+$/

/** @throws with what is wrong, what would be right and how to say it */
export function readDomain(read: Read): Domain | undefined {
  const name = read("OMNICHAT_DOMAIN")
  const certificate = read("OMNICHAT_CERTIFICATE")
  const dns = oneOf("OMNICHAT_DNS", read("OMNICHAT_DNS") ?? "route53", ["route53", "other"])
  if (name === undefined) {
    if (certificate === undefined) return undefined
    throw new Error("OMNICHAT_CERTIFICATE is set, and OMNICHAT_DOMAIN is not: set the domain that it is for")
  }
  if (!hostName.test(name))
    throw new Error(`OMNICHAT_DOMAIN is "${name}", which is no host name: write it like chat.example.com`)
  if (certificate !== undefined && !certificateArn.test(certificate))
    throw new Error(
      `OMNICHAT_CERTIFICATE is "${certificate}": CloudFront needs the ARN of a certificate of the Certificate Manager ` +
        "in us-east-1, like arn:aws:acm:us-east-1:123456789012:certificate/…",
    )
  if (dns === "other" && certificate === undefined)
    throw new Error(
      `OMNICHAT_DOMAIN is "${name}", its DNS is not with Route 53, and there is no certificate for it. Request one for ` +
        `${name} in the Certificate Manager, in the region us-east-1, and set OMNICHAT_CERTIFICATE to its ARN`,
    )
  return dns === "other" && certificate !== undefined ? { name, certificate } : { name }
}
