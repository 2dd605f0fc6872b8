import type { Facts, Log } from "@omnichat/core/log"

export const logLevels = ["debug", "info", "warn", "error", "silent"] as const
export type LogLevel = (typeof logLevels)[number]

/** One line of JSON an event, from `level` on. Facts are given by name, so nothing is logged that nobody has named. */
export function createLog(level: LogLevel, write: (line: string) => void, now: () => number = Date.now): Log {
  const at =
    (own: Exclude<LogLevel, "silent">) =>
    (event: string, facts: Facts = {}): void => {
      if (logLevels.indexOf(own) < logLevels.indexOf(level)) return
      const time = new Date(now()).toISOString()
      const { time: _time, level: _level, event: _event, ...rest } = facts
      write(`${JSON.stringify({ time, level: own, event, ...rest })}\n`)
    }
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") }
}
