import { limits } from "@omnichat/core/protocol/limits"
import { settingsPatch } from "@omnichat/core/protocol/settings"
import type { SettingsPatch, SettingsView, Source, SourceList } from "@omnichat/core/protocol/settings"
import { readBody } from "./body.ts"
import type { Router } from "./router.ts"

/** What can be looked at and set where one person runs the service. */
export interface LocalAdmin {
  /** Asks every model source now; calls within a second share one check. */
  sources(): Promise<Source[]>
  settings(): Promise<SettingsView>
  /** Takes effect at once. @throws OmniError `conflict` for a setting that the environment decides */
  change(patch: SettingsPatch): Promise<SettingsView>
}

export function addSettings(router: Router, admin: LocalAdmin): void {
  router.on("GET", "/api/sources", "source.list", async (c) =>
    c.json({ sources: await admin.sources() } satisfies SourceList),
  )

  router.on("GET", "/api/settings", "settings.read", async (c) => c.json(await admin.settings()))

  router.on("PATCH", "/api/settings", "settings.change", async (c) =>
    c.json(await admin.change(await readBody(c.req.raw, settingsPatch, limits.jsonBody))),
  )
}
