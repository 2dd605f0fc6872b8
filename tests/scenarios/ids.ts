/** Ids as any client makes them (A4): a prefix and a ULID. */

const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

function base32(value: bigint, length: number): string {
  let rest = value
  let text = ""
  for (let index = 0; index < length; index += 1) {
    text = `${letters[Number(rest % 32n)]}${text}`
    rest /= 32n
  }
  return text
}

let made = 0n

/** Ids of the same time sort in the order they are made. */
export function newId(prefix: "run" | "cht" | "msg" | "fil", time = Date.now()): string {
  made += 1n
  const random = (BigInt(process.pid) << 40n) + made
  return `${prefix}_${base32(BigInt(time), 10)}${base32(random, 16)}`
}
