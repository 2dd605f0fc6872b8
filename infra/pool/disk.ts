import { pool } from "./on.ts"
import { diskGigabytes, diskThroughput } from "./price.ts"

/**
 * The image of the servers: Amazon's for deep learning, with the driver of the GPUs. Looked up with each deployment, so
 * that a server is never other than those that were tried; it comes with all that Amazon has mended meanwhile.
 */
export const image = aws.ec2.getAmiOutput({
  owners: ["amazon"],
  filters: [
    {
      name: "image-id",
      values: [
        aws.ssm.getParameterOutput({
          name: "/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id",
        }).insecureValue,
      ],
    },
  ],
})

/** Encrypted with AWS's own key, and gone with the server. */
const disk = { volumeType: "gp3", encrypted: "true", deleteOnTermination: "true" }

/** A snapshot brings a size that cannot be gone below; its content comes at the highest rate there is. */
const models =
  pool.snapshot === undefined
    ? { volumeSize: diskGigabytes(pool.models) }
    : {
        snapshotId: pool.snapshot,
        volumeInitializationRate: 300,
        volumeSize: aws.ebs
          .getSnapshotOutput({ snapshotIds: [pool.snapshot] })
          .volumeSize.apply((size) => Math.max(size, diskGigabytes(pool.models))),
      }

export const disks = [
  // By the name that the image has for it: under any other it would be one more disk, beside one that is not encrypted.
  { deviceName: image.rootDeviceName, ebs: disk },
  { deviceName: "/dev/sdf", ebs: { ...disk, ...models, throughput: diskThroughput } },
]
