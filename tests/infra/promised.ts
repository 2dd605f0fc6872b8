import { access } from "./access.ts"
import { data } from "./data.ts"
import { functions } from "./functions.ts"
import type { Promised } from "./graph.ts"
import { idleWork } from "./idle.ts"
import { web } from "./site.ts"

/** All that holds in every stage. */
export const promised: Promised[] = [...data, ...access, ...functions, ...web, idleWork]
