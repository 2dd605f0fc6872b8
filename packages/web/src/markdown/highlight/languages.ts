import type { Colouring } from "./colours.ts"
import { clike } from "./grammar/clike.ts"
import { type Compiled, compile, type Grammar, scanLine } from "./scan.ts"
