/// <reference path="./.sst/platform/config.d.ts" />

/** The AWS app. Its settings are in infra/settings.ts, what exists is in infra/, in the order of who needs whom. */
export default $config({
  app(input) {
    const isProduction = input.stage === "production"
    return { name: "omnichat", home: "aws", removal: isProduction ? "retain" : "remove", protect: isProduction }
  },
  async run() {
    const { stage } = await import("./infra/stage.ts")
    await import("./infra/build.ts")
    await import("./infra/secret.ts")
    await import("./infra/table.ts")
    await import("./infra/bucket.ts")
    const { users } = await import("./infra/auth.ts")
    const { socketUrl } = await import("./infra/socket.ts")
    await import("./infra/worker.ts")
    await import("./infra/route.ts")
    await import("./infra/schedule.ts")
    await import("./infra/api.ts")
    if (stage.pool !== undefined) {
      await import("./infra/pool/drive.ts")
      await import("./infra/pool/proxy.ts")
    }
    const { siteUrl } = await import("./infra/web.ts")
    await import("./infra/sign-in.ts")
    await import("./infra/upload.ts")
    await import("./infra/alarm.ts")
    await import("./infra/develop.ts")
    return { site: siteUrl, socket: socketUrl, users: users.poolId }
  },
})
