import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"

/**
 * Runs a program to its end and keeps what it printed.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, shell?: boolean }} [options]
 * @returns {Promise<{ code: number, output: string }>} code 127 when it could not be started
 */
export function capture(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] })
    let output = ""
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (output += text))
    }
    child.once("error", (error) => resolve({ code: 127, output: `${output}${error.message}\n` }))
    child.once("close", (code) => resolve({ code: code ?? 1, output }))
  })
}

/**
 * Runs a program to its end with the terminal as its own.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>} its exit code
 */
export function show(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "inherit", "inherit"] })
    child.once("error", reject)
    child.once("close", (code) => resolve(code ?? 1))
  })
}

/**
 * Runs npm, the one that started us if one did, and keeps what it printed.
 * @param {string[]} args
 * @param {string} cwd
 */
export function npm(args, cwd) {
  const own = process.env["npm_execpath"] ?? join(dirname(process.execPath), "../lib/node_modules/npm/bin/npm-cli.js")
  if (/npm-cli\.c?js$/.test(own) && existsSync(own)) return capture(process.execPath, [own, ...args], { cwd })
  return capture("npm", args, { cwd, shell: process.platform === "win32" })
}
