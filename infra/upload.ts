import { bucket } from "./bucket.ts"
import { stage } from "./stage.ts"
import { siteUrl } from "./web.ts"

/** A browser may put a file at a signed address, from our page only. */
new aws.s3.BucketCorsConfiguration("FilesCors", {
  bucket: bucket.name,
  corsRules: [
    {
      allowedMethods: ["PUT"],
      allowedOrigins: [siteUrl, ...stage.otherOrigins],
      allowedHeaders: ["content-type", "content-length", "x-amz-*"],
      exposeHeaders: ["ETag"],
      maxAgeSeconds: 3600,
    },
  ],
})
