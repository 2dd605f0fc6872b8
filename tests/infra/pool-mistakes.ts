import type { Mistake } from "./mutations.ts"

/** Mistakes in infra/pool, made with the pool on. */
export const poolMistakes: Mistake[] = [
  {
    name: "what is counted as a start that failed is logged by nobody",
    stage: "production",
    change: { file: "infra/pool/drive.ts", from: '"servers-not-started"', to: '"server-failed"' },
    noticed: "somebody hears of a start that failed, and of servers that run all day",
  },
  {
    name: "a server always runs",
    change: { file: "infra/pool/group.ts", from: "minSize: 0", to: "minSize: 1" },
    noticed: "servers start from none, as many as the stage allows, and only the pool's function sets how many",
  },
  {
    name: "a deployment takes servers away that are used",
    change: { file: "infra/pool/group.ts", from: '{ ignoreChanges: ["desiredCapacity"] }', to: "{}" },
    noticed: "servers start from none, as many as the stage allows, and only the pool's function sets how many",
  },
  {
    name: "everybody reaches Ollama",
    change: {
      file: "infra/pool/firewall.ts",
      from: "referencedSecurityGroupId: proxyFirewall.id",
      to: 'cidrIpv4: "0.0.0.0/0"',
    },
    noticed: "nothing comes in to a server but the proxy's requests to Ollama, and it reaches others on 443 only",
  },
  {
    name: "credentials are given without a token",
    change: { file: "infra/pool/server.ts", from: 'httpTokens: "required"', to: 'httpTokens: "optional"' },
    noticed:
      "a server's credentials are had by a token only, on the server itself, and there is no key to sign in with",
  },
  {
    name: "a server reads and writes what people wrote",
    change: { file: "infra/pool/role.ts", from: /conditions: \[\{ test.*\n/, to: "" },
    noticed: "a server may say what it has in the pool's partition, read the agent, be looked at, and nothing else",
  },
  {
    name: "the image's disk is not encrypted, for another is named",
    change: { file: "infra/pool/disk.ts", from: "image.rootDeviceName", to: '"/dev/sda1"' },
    noticed:
      "every disk is encrypted and goes with its server; that of models has room, or comes from a snapshot quickly",
  },
  {
    name: "the proxy may read every item",
    change: { file: "infra/pool/proxy.ts", from: '"CALL#*"', to: '"*"' },
    noticed: "each function may do what it does, with what is its own, and nothing else",
  },
  {
    name: "the socket's function calls the proxy",
    change: {
      file: "infra/permission.ts",
      from: "...callPool]",
      to: '...callPool, { actions: ["lambda:InvokeFunction"], resources: [arnOf("lambda", `function:${fullName("pool-proxy")}`)] }]',
    },
    noticed: "the proxy is in the private network, and those who ask models may call it, and no others",
  },
  {
    name: "the proxy goes out by a gateway that has a price by the hour",
    change: {
      file: "infra/pool/network.ts",
      from: "/** Where servers are:",
      to: 'new aws.ec2.NatGateway("PoolNat", { subnetId: "s", connectivityType: "private" })\n/** Where servers are:',
    },
    noticed: "nothing has a price while nobody chats",
  },
  {
    name: "the agent is whatever lies in the bucket",
    change: { file: "infra/pool/server.ts", from: "AGENT_SHA256: agentHash", to: 'AGENT_SHA256: "any"' },
    noticed: "a server runs the image with the driver, and sets up what was deployed, each file by its checksum",
  },
]
