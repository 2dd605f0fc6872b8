import { readdirSync } from "node:fs"
import { extname, join } from "node:path"
import { webBuild } from "./build.ts"
import { place } from "./stage.ts"

/** What the files of the web build are; others are not served. CloudFront compresses them itself. */
const mediaTypes: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".txt": "text/plain; charset=utf-8",
}

/** The web build. Only distributions of this account read it; to list it makes a file that is missing a 404. */
export const webBucket = new sst.aws.Bucket("Web", {
  cors: false,
  policy: [
    {
      principals: [{ type: "service", identifiers: ["cloudfront.amazonaws.com"] }],
      actions: ["s3:GetObject", "s3:ListBucket"],
      conditions: [
        {
          test: "ArnLike",
          variable: "aws:SourceArn",
          values: [$interpolate`arn:${place.partition}:cloudfront::${place.accountId}:distribution/*`],
        },
      ],
    },
  ],
})

const names = readdirSync(webBuild, { recursive: true, encoding: "utf8" })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => extname(name) in mediaTypes)
  .sort()
if (!names.includes("index.html")) throw new Error(`There is no index.html in ${webBuild}: run npm run build -- web`)

const isHashed = (name: string): boolean => name.startsWith("assets/")

// A page that is open asks for the assets it was built with: they stay when a later build has others.
const assets = names.filter(isHashed).map((name) => upload(name, "public, max-age=31536000, immutable", []))
// The page comes last, when all it names is there.
for (const name of names.filter((name) => !isHashed(name))) upload(name, "no-cache", assets)

function upload(name: string, cacheControl: string, after: aws.s3.BucketObjectv2[]): aws.s3.BucketObjectv2 {
  return new aws.s3.BucketObjectv2(
    `Web/${name}`,
    {
      bucket: webBucket.name,
      key: name,
      source: new $util.asset.FileAsset(join(webBuild, name)),
      contentType: mediaTypes[extname(name)] ?? "application/octet-stream",
      cacheControl,
    },
    { dependsOn: after, retainOnDelete: isHashed(name) },
  )
}
