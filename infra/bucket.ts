import type { Permission } from "./function.ts"
import { stage } from "./stage.ts"

/** Files of people and bodies too large for the table. Only our functions read it, and who holds a signed address. */
export const bucket = new sst.aws.Bucket(
  "Files",
  {
    // Browsers may put from the site's origin only, which is known later: infra/upload.ts.
    cors: false,
    versioning: true,
    lifecycle: [{ id: "old-versions" }],
    transform: {
      bucket: { forceDestroy: !stage.isProduction },
      lifecycle: {
        rules: [
          { id: "cut-off", status: "Enabled", filter: {}, abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } },
          {
            id: "old-versions",
            status: "Enabled",
            filter: {},
            noncurrentVersionExpiration: { noncurrentDays: stage.keptFor.oldVersions },
            expiration: { expiredObjectDeleteMarker: true },
          },
          { id: "temporary", status: "Enabled", filter: { prefix: "temporary/" }, expiration: { days: 1 } },
        ],
      },
    },
  },
  { protect: stage.isProduction },
)

/** Files as a whole; a signed address can do what its signer may. */
export const useFiles: Permission = {
  actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
  resources: [$interpolate`${bucket.arn}/*`],
}

/** To find all files of a deleted chat; and without it a file that is not there looks like a forbidden one. */
export const listFiles: Permission = { actions: ["s3:ListBucket"], resources: [bucket.arn] }
