import { bucket } from "./bucket.ts"
import { stage } from "./stage.ts"
import { siteUrl } from "./web.ts"

/** A browser may put a file at a signed address and get one from there, from our page only. */
new aws.s3.BucketCorsConfiguration("FilesCors", {
  bucket: bucket.name,
  corsRules: [
    {
      allowedMethods: ["PUT", "GET"],
      allowedOrigins: [siteUrl, ...stage.otherOrigins],
      allowedHeaders: ["content-type", "content-length", "if-none-match", "x-amz-*"],
      exposeHeaders: ["ETag"],
      maxAgeSeconds: 3600,
    },
  ],
})
