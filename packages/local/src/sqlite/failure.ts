import { dirname } from "node:path"
import { decodeItem } from "@omnichat/core/store/item"
import { ConditionFailed, StoreUnavailable } from "@omnichat/core/store/table"
import type { Failure } from "./message.ts"

/** What goes wrong with files, told so that a person knows which folder, why, and what to do. */

const advice: [code: RegExp, reason: string, next: string][] = [
  [/^(SQLITE_FULL|ENOSPC|EDQUOT)/, "the disk is full", "Make room; writing works again as soon as there is some."],
  [
    /^(SQLITE_READONLY|SQLITE_CANTOPEN|SQLITE_PERM|EACCES|EPERM|EROFS)/,
    "it cannot be written",
    "Give this user the right to write there, or choose another folder with OMNICHAT_DATA.",
  ],
  [/^(ENOTDIR|EEXIST)/, "it is no folder", "Choose another folder with OMNICHAT_DATA."],
  [
    /^(SQLITE_CORRUPT|SQLITE_NOTADB)/,
    "the file is damaged or no database of OmniChat",
    "It was left as it is. Move it away to begin anew, or put a backup in its place.",
  ],
  [
    /^(SQLITE_BUSY|SQLITE_LOCKED)/,
    "another program is writing to it",
    "Stop that program, or choose another folder with OMNICHAT_DATA.",
  ],
]

/** `thrown` by SQLite or the file system, as the StoreUnavailable to show. */
export function unavailable(file: string, thrown: unknown): StoreUnavailable {
  if (thrown instanceof StoreUnavailable) return thrown
  const code = codeOf(thrown)
  const [, reason, next] = advice.find(([pattern]) => pattern.test(code)) ?? [
    undefined,
    code === "" ? String(thrown) : `${code}: ${messageOf(thrown)}`,
    "Check the disk and the folder's rights; the log may say more.",
  ]
  const subject = /damaged/.test(reason) ? file : `the data folder ${dirname(file)}`
  return new StoreUnavailable(`${subject} cannot be used: ${reason}. ${next}`, { cause: thrown })
}

/** Any error as it crosses to the server's thread. */
export function toFailure(file: string, thrown: unknown): Failure {
  if (thrown instanceof TypeError) return { failed: "TypeError", message: thrown.message }
  if (thrown instanceof RangeError) return { failed: "RangeError", message: thrown.message }
  return { failed: "StoreUnavailable", message: unavailable(file, thrown).message }
}

/** The error a failure was. */
export function fromFailure(failure: Failure): Error {
  switch (failure.failed) {
    case "conditions":
      return new ConditionFailed(
        failure.reasons.map(({ failed, item }) =>
          item === undefined ? { failed } : { failed, item: decodeItem(item) },
        ),
      )
    case "TypeError":
      return new TypeError(failure.message)
    case "RangeError":
      return new RangeError(failure.message)
    case "StoreUnavailable":
      return new StoreUnavailable(failure.message)
  }
}

/** SQLite's name of the error, or the system's; libsql gives only a number when it cannot open a file. */
function codeOf(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null) return ""
  if ("code" in thrown && typeof thrown.code === "string" && thrown.code !== "") return thrown.code
  return /Unable to open connection/.test(messageOf(thrown)) ? "SQLITE_CANTOPEN" : ""
}

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))
