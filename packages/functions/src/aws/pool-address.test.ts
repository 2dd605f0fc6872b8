import { describe, expect, it } from "vitest"
import { isPoolAddress, parseNetwork } from "./pool-address.ts"

describe("the network of the pool", () => {
  it.each(["10.77.0.0/16", "172.31.0.0/16", "192.168.1.0/24", "10.0.0.0/8", "127.0.0.1/32"])("may be %s", (text) => {
    expect(parseNetwork(text)).toBeDefined()
  })

  it.each([
    "8.8.8.0/24",
    "0.0.0.0/0",
    "10.0.0.0/7",
    "169.254.169.254/32",
    "10.77.0.1/16",
    "10.77.0.0",
    "10.77.0.0/33",
    "",
  ])("may not be %j", (text) => {
    expect(parseNetwork(text)).toBeUndefined()
  })
})

describe("a server's address", () => {
  const network = parseNetwork("10.77.0.0/16") ?? { first: 0, last: 0 }
  const judge = (address: string) => isPoolAddress(address, { network, port: 11_434 })

  it.each(["http://10.77.0.1:11434", "http://10.77.255.255:11434"])("may be %s", (address) => {
    expect(judge(address)).toBe(true)
  })

  it.each([
    "http://10.78.0.1:11434",
    "http://10.76.255.255:11434",
    "http://10.77.0.1:11435",
    "http://10.77.0.1",
    "http://10.77.0.1:11434/",
    "http://10.77.0.01:11434",
    "http://10.77.0.256:11434",
    "http://10.77.1:11434",
    "http://172.31.0.1:11434",
    "https://10.77.0.1:11434",
    "http://10.77.0.1:11434@169.254.169.254:11434",
    "http://[::ffff:10.77.0.1]:11434",
    " http://10.77.0.1:11434",
  ])("may not be %j", (address) => {
    expect(judge(address)).toBe(false)
  })
})
