import { tableEndpoint } from "./endpoint.ts"
import { network } from "./network.ts"

/** Where Ollama listens. */
export const ollamaPort = 11434

const group = (name: string, description: string) =>
  new aws.ec2.SecurityGroup(name, { vpcId: network.id, description, revokeRulesOnDelete: true })

export const serverFirewall = group("PoolServerFirewall", "GPU servers: asked by the proxy and by nobody else")
export const proxyFirewall = group("PoolProxyFirewall", "The proxy: asks GPU servers and the table")

new aws.vpc.SecurityGroupIngressRule("PoolServerAsked", {
  securityGroupId: serverFirewall.id,
  description: "Ollama, from the proxy",
  referencedSecurityGroupId: proxyFirewall.id,
  ipProtocol: "tcp",
  fromPort: ollamaPort,
  toPort: ollamaPort,
})
// Names are looked up at the network's own resolver, which is not subject to rules: no port for DNS is open.
new aws.vpc.SecurityGroupEgressRule("PoolServerAsks", {
  securityGroupId: serverFirewall.id,
  description: "Models, software, the table, the Systems Manager",
  cidrIpv4: "0.0.0.0/0",
  ipProtocol: "tcp",
  fromPort: 443,
  toPort: 443,
})
new aws.vpc.SecurityGroupEgressRule("PoolProxyAsksServers", {
  securityGroupId: proxyFirewall.id,
  description: "Ollama, on the GPU servers",
  referencedSecurityGroupId: serverFirewall.id,
  ipProtocol: "tcp",
  fromPort: ollamaPort,
  toPort: ollamaPort,
})
new aws.vpc.SecurityGroupEgressRule("PoolProxyAsksTable", {
  securityGroupId: proxyFirewall.id,
  description: "The table, through its endpoint",
  prefixListId: tableEndpoint.prefixListId,
  ipProtocol: "tcp",
  fromPort: 443,
  toPort: 443,
})
