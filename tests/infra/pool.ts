import { createHash } from "node:crypto"
import { defaultPoolSettings } from "@omnichat/core/pool/settings"
import { readProxyEnvironment } from "@omnichat/functions/aws/pool-environment"
import { readNodeEnvironment } from "@omnichat/functions/node/environment"
import { expect } from "vitest"
import { everyOf, functionsOf, isProduction, oneOf, statementsIn, variablesOf } from "./graph.ts"
import type { Graph, Promised } from "./graph.ts"

const template = (graph: Graph) => oneOf(graph, "ec2/launchTemplate").inputs
const group = (graph: Graph) => oneOf(graph, "autoscaling/group")
const vpcOf = (graph: Graph) =>
  everyOf(graph, "ec2/subnet").map(({ name, inputs }) => [name, inputs["vpcId"], inputs["availabilityZone"]].join(" "))

/** What holds of the pool, where there is one: with Spot, a snapshot and a fallback, if the stage is production. */
export const pool: Promised[] = [
  {
    name: "servers start from none, as many as the stage allows, and only the pool's function sets how many",
    check(graph) {
      expect(group(graph).inputs).toMatchObject({
        name: `omnichat-${graph.stage}-pool`,
        minSize: 0,
        maxSize: isProduction(graph) ? 3 : 1,
        desiredCapacity: 0,
        healthCheckType: "EC2",
        waitForCapacityTimeout: "0",
      })
      expect(group(graph).ignoreChanges).toEqual(["desiredCapacity"])
      expect(everyOf(graph, "autoscaling/policy")).toEqual([])
      expect(group(graph).inputs).not.toHaveProperty("warmPool")
    },
  },
  {
    name: "no server is taken back but by name",
    check: (graph) =>
      expect(group(graph).inputs).toMatchObject({ protectFromScaleIn: true, suspendedProcesses: ["AZRebalance"] }),
  },
  {
    name: "servers are on demand unless Spot is asked for, and then of every kind with as much memory at about the price",
    check(graph) {
      const { launchTemplate, mixedInstancesPolicy, capacityRebalance } = group(graph).inputs
      expect(template(graph)["instanceType"]).toBe("g6.xlarge")
      if (!isProduction(graph)) {
        expect([mixedInstancesPolicy, capacityRebalance]).toEqual([undefined, undefined])
        expect(launchTemplate).toEqual({ id: "PoolServer-id", version: "1" })
        return
      }
      expect(capacityRebalance).toBe(true)
      expect(mixedInstancesPolicy).toEqual({
        instancesDistribution: {
          onDemandBaseCapacity: 0,
          onDemandPercentageAboveBaseCapacity: 0,
          spotAllocationStrategy: "price-capacity-optimized",
        },
        launchTemplate: {
          launchTemplateSpecification: { launchTemplateId: "PoolServer-id", version: "1" },
          overrides: ["g5.xlarge", "g6.xlarge", "g6.2xlarge"].map((instanceType) => ({ instanceType })),
        },
      })
    },
  },
  {
    name: "a server is in a zone that has such servers, with an address only while it runs",
    check(graph) {
      expect(vpcOf(graph).sort()).toEqual([
        "PoolPrivateA PoolNetwork-id us-east-1a",
        "PoolPrivateB PoolNetwork-id us-east-1b",
        "PoolPublicA PoolNetwork-id us-east-1a",
        "PoolPublicB PoolNetwork-id us-east-1b",
        "PoolPublicD PoolNetwork-id us-east-1d",
      ])
      const ranges = everyOf(graph, "ec2/subnet").map(({ inputs }) => inputs["cidrBlock"] as string)
      expect(new Set(ranges).size).toBe(ranges.length)
      const zones = ["A", "B", "D"].map((letter) => `PoolPublic${letter}-id`)
      expect(group(graph).inputs["vpcZoneIdentifiers"]).toEqual(zones)
      const { networkInterfaces } = template(graph)
      expect(networkInterfaces).toEqual([
        expect.objectContaining({ associatePublicIpAddress: "true", securityGroups: ["PoolServerFirewall-id"] }),
      ])
      for (const { inputs } of everyOf(graph, "ec2/subnet")) expect(inputs).not.toHaveProperty("mapPublicIpOnLaunch")
    },
  },
  {
    name: "the servers' way out is the gateway; the proxy has none, and no gateway or endpoint has a price",
    check(graph) {
      expect(oneOf(graph, "ec2/routeTable", "PoolPublic").inputs["routes"]).toEqual([
        { cidrBlock: "0.0.0.0/0", gatewayId: "PoolInternet-id" },
      ])
      expect(oneOf(graph, "ec2/routeTable", "PoolPrivate").inputs).not.toHaveProperty("routes")
      expect(everyOf(graph, "ec2/route")).toEqual([])
      const ways = everyOf(graph, "ec2/routeTableAssociation").map(({ inputs }) =>
        [inputs["subnetId"], inputs["routeTableId"]].join(" "),
      )
      expect(ways.length).toBe(5)
      for (const way of ways) expect(way).toMatch(/^Pool(Public|Private)[A-D]-id Pool\1Routes-id$/)
      const endpoints = everyOf(graph, "ec2/vpcEndpoint").map(({ inputs }) => [
        inputs["serviceName"],
        inputs["vpcEndpointType"],
        inputs["routeTableIds"],
      ])
      expect(endpoints.toSorted(([one], [other]) => String(one).localeCompare(String(other)))).toEqual([
        ["com.amazonaws.us-east-1.dynamodb", "Gateway", ["PoolPublicRoutes-id", "PoolPrivateRoutes-id"]],
        ["com.amazonaws.us-east-1.s3", "Gateway", ["PoolPublicRoutes-id"]],
      ])
      const costly =
        /natGateway|eip|networkInterface|vpnGateway|transitGateway|instance:|volume|serviceDiscovery|route53/i
      expect(graph.resources.filter(({ type }) => costly.test(type)).map(({ name }) => name)).toEqual([])
    },
  },
  {
    name: "nothing comes in to a server but the proxy's requests to Ollama, and it reaches others on 443 only",
    check(graph) {
      const rules = (kind: string) =>
        everyOf(graph, `vpc/securityGroup${kind}Rule`).map(({ inputs }) => {
          const other = inputs["referencedSecurityGroupId"] ?? inputs["prefixListId"] ?? inputs["cidrIpv4"]
          return `${inputs["securityGroupId"]} ${other} ${inputs["ipProtocol"]} ${inputs["fromPort"]}-${inputs["toPort"]}`
        })
      expect(rules("Ingress")).toEqual(["PoolServerFirewall-id PoolProxyFirewall-id tcp 11434-11434"])
      expect(rules("Egress").sort()).toEqual([
        "PoolProxyFirewall-id PoolServerFirewall-id tcp 11434-11434",
        "PoolProxyFirewall-id pl-dynamodb tcp 443-443",
        "PoolServerFirewall-id 0.0.0.0/0 tcp 443-443",
      ])
      for (const type of ["securityGroup", "defaultSecurityGroup"]) {
        for (const { inputs } of everyOf(graph, `ec2/${type}`)) {
          expect(inputs).not.toHaveProperty("ingress")
          expect(inputs).not.toHaveProperty("egress")
        }
      }
      expect(everyOf(graph, "ec2/securityGroup").length).toBe(2)
      expect(everyOf(graph, "ec2/securityGroupRule")).toEqual([])
    },
  },
  {
    name: "a server's credentials are had by a token only, on the server itself, and there is no key to sign in with",
    check(graph) {
      expect(template(graph)["metadataOptions"]).toEqual({
        httpEndpoint: "enabled",
        httpTokens: "required",
        httpPutResponseHopLimit: 1,
      })
      expect(template(graph)).not.toHaveProperty("keyName")
      expect(everyOf(graph, "ec2/keyPair")).toEqual([])
      expect(template(graph)["iamInstanceProfile"]).toEqual({ arn: expect.stringContaining("PoolServerProfile") })
      expect(oneOf(graph, "iam/instanceProfile").inputs["role"]).toBe("PoolServerRole-name")
    },
  },
  {
    name: "a server may say what it has in the pool's partition, read the agent, be looked at, and nothing else",
    check(graph) {
      const { inlinePolicies, managedPolicyArns } = oneOf(graph, "iam/role", "PoolServerRole").inputs as {
        inlinePolicies: { policy: string }[]
        managedPolicyArns?: string[]
      }
      expect(managedPolicyArns ?? []).toEqual([])
      const [ofTable, ofAgent, ofSession, ...others] = inlinePolicies.flatMap(({ policy }) => statementsIn(policy))
      expect(others).toEqual([])
      expect(ofTable).toEqual({
        effect: "Allow",
        actions: ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
        resources: [expect.stringMatching(/:table\/[\w-]+$/)],
        conditions: [{ test: "ForAllValues:StringEquals", variable: "dynamodb:LeadingKeys", values: ["POOL"] }],
      })
      expect(ofAgent).toEqual({
        effect: "Allow",
        actions: ["s3:GetObject"],
        resources: [expect.stringMatching(/^arn:aws:s3:::filesbucket\/pool\/agent-[0-9a-f]{16}\.mjs$/)],
      })
      expect(
        ofSession?.actions.filter((action) => !/^ssmmessages:|^ssm:UpdateInstanceInformation$/.test(action)),
      ).toEqual([])
      const [through] = statementsIn(oneOf(graph, "ec2/vpcEndpoint", "PoolTable").inputs["policy"])
      expect(through?.resources).toEqual(ofTable?.resources)
      expect(through?.actions).toEqual(ofTable?.actions)
    },
  },
  {
    name: "every disk is encrypted and goes with its server; that of models has room, or comes from a snapshot quickly",
    check(graph) {
      const disks = template(graph)["blockDeviceMappings"] as { deviceName: string; ebs: Record<string, unknown> }[]
      // The first is the image's own, by the image's name for it.
      expect(disks.map(({ deviceName }) => deviceName)).toEqual(["/dev/xvda", "/dev/sdf"])
      for (const { ebs } of disks) {
        expect(ebs).toMatchObject({ encrypted: "true", deleteOnTermination: "true", volumeType: "gp3" })
      }
      const fromSnapshot = { snapshotId: "snap-0123456789abcdef0", volumeInitializationRate: 300, volumeSize: 80 }
      expect(disks[1]?.ebs).toMatchObject({
        throughput: 500,
        ...(isProduction(graph) ? fromSnapshot : { volumeSize: 43 }),
      })
      if (!isProduction(graph)) expect(disks[1]?.ebs).not.toHaveProperty("snapshotId")
    },
  },
  {
    name: "a server runs the image with the driver, and sets up what was deployed, each file by its checksum",
    check(graph) {
      expect(template(graph)["imageId"]).toMatch(
        /^ami-of\/aws\/service\/deeplearning\/ami\/x86_64\/base-oss-nvidia-driver-gpu/,
      )
      const text = Buffer.from(String(template(graph)["userData"]), "base64").toString()
      expect(text.startsWith("#!/bin/bash\n")).toBe(true)
      expect(Buffer.byteLength(text), "AWS takes 16 KB").toBeLessThan(16_384)
      const content = "console.log('agent')"
      const hash = createHash("sha256").update(content).digest("hex")
      const agent = oneOf(graph, "s3/bucketObjectv2", "PoolAgent")
      expect(agent.inputs).toMatchObject({ bucket: "filesbucket", key: `pool/agent-${hash.slice(0, 16)}.mjs` })
      expect(agent.retainOnDelete).toBe(true)
      const told = Object.fromEntries(
        [...text.matchAll(/^([A-Z\d_]+)=(\S+)$/gm)].map(([, name, value]) => [name, value]),
      )
      expect(told).toEqual({
        OLLAMA_VERSION: expect.stringMatching(/^\d+\.\d+\.\d+$/),
        OLLAMA_SHA256: expect.stringMatching(/^[0-9a-f]{64}$/),
        NODE_VERSION: expect.stringMatching(/^24\.\d+\.\d+$/),
        NODE_SHA256: expect.stringMatching(/^[0-9a-f]{64}$/),
        LOG_LEVEL: "info",
        AWS_REGION: "us-east-1",
        TABLE_NAME: oneOf(graph, "dynamodb/table").inputs["name"],
        BUCKET_NAME: "filesbucket",
        AGENT_KEY: agent.inputs["key"],
        AGENT_SHA256: hash,
        POOL_PARALLEL: isProduction(graph) ? "2" : "4",
        POOL_MODEL_COUNT: "2",
        POOL_DOLLARS_PER_HOUR: isProduction(graph) ? "0.4409" : "0.8433",
      })
    },
  },
  {
    name: "the proxy and the agent understand what they are told, and mean the same servers",
    check(graph) {
      const proxy = variablesOf(oneOf(graph, "lambda/function", "PoolProxy"))
      expect(proxy["POOL_NETWORK"]).toBe(oneOf(graph, "ec2/vpc").inputs["cidrBlock"])
      expect(readProxyEnvironment({ ...proxy, AWS_REGION: "us-east-1" })).toMatchObject({ port: 11_434 })
      const text = Buffer.from(String(template(graph)["userData"]), "base64").toString()
      const given = Object.fromEntries(
        [...text.matchAll(/^(\w+)=(\S+)$/gm)].map(([, name = "", value = ""]) => [name, value]),
      )
      const [, unit = ""] = /omnichat-agent\.service <<UNIT\n([^]*?)\nUNIT\n/.exec(text) ?? []
      const told = [...unit.matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [
        name,
        value.replace(/\$(\w+)/g, (_, of: string) => given[of] ?? ""),
      ])
      expect(readNodeEnvironment(Object.fromEntries(told))).toEqual({
        logLevel: "info",
        region: "us-east-1",
        tableName: proxy["TABLE_NAME"],
        ollamaUrl: "http://127.0.0.1:11434",
        metadataUrl: "http://169.254.169.254",
        parallel: isProduction(graph) ? 2 : 4,
        dollarsPerHour: isProduction(graph) ? 0.4409 : 0.8433,
      })
    },
  },
  {
    name: "the proxy is in the private network, and those who ask models may call it, and no others",
    check(graph) {
      expect(functionsOf(graph).get("pool-proxy")?.inputs["vpcConfig"]).toEqual({
        securityGroupIds: ["PoolProxyFirewall-id"],
        subnetIds: ["PoolPrivateA-id", "PoolPrivateB-id"],
      })
      const callers = everyOf(graph, "iam/role").filter(({ inputs }) =>
        JSON.stringify(inputs["inlinePolicies"] ?? []).includes(`function:omnichat-${graph.stage}-pool-proxy`),
      )
      expect(callers.map(({ name }) => name).sort()).toEqual(["ApiRole", "WorkerRole"])
      expect(everyOf(graph, "lambda/functionUrl").length).toBe(1)
    },
  },
  {
    name: "functions are told of the pool what the stage says, and what a server costs",
    check(graph) {
      const variables = variablesOf(oneOf(graph, "lambda/function", "Worker"))
      const inFull = isProduction(graph)
      expect(Object.fromEntries(Object.entries(variables).filter(([name]) => name.startsWith("POOL_")))).toEqual({
        POOL_FUNCTION: `omnichat-${graph.stage}-pool`,
        POOL_PROXY_FUNCTION: `omnichat-${graph.stage}-pool-proxy`,
        POOL_GROUP: `omnichat-${graph.stage}-pool`,
        POOL_MOST: inFull ? "3" : "1",
        POOL_MODELS: '[{"name":"qwen3:8b","bytes":5200000000},{"name":"gpt-oss:20b","bytes":13000000000}]',
        POOL_IDLE_MINUTES: inFull ? "20" : "15",
        POOL_PARALLEL: inFull ? "2" : "4",
        POOL_START_SECONDS: String(defaultPoolSettings.startMs / 1000),
        POOL_DOLLARS_PER_HOUR: inFull ? "0.4409" : "0.8433",
        ...(inFull && { POOL_FALLBACK: "bedrock/us.amazon.nova-lite-v1:0", POOL_MAX_WAIT_SECONDS: "90" }),
      })
    },
  },
  {
    name: "somebody hears of a start that failed, and of servers that run all day",
    check(graph) {
      const alarms = everyOf(graph, "cloudwatch/metricAlarm")
      if (!isProduction(graph)) return expect(alarms).toEqual([])
      const dimensions = { AutoScalingGroupName: "omnichat-production-pool" }
      expect(oneOf(graph, "cloudwatch/metricAlarm", "Alarm-pool-failed").inputs).toMatchObject({
        namespace: "omnichat-production-pool",
        metricName: "StartsFailed",
        statistic: "Sum",
        threshold: 1,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
      })
      expect(oneOf(graph, "cloudwatch/logMetricFilter").inputs).toMatchObject({
        logGroupName: "/aws/lambda/omnichat-production-pool",
        // As packages/core/src/pool/scale.ts logs it.
        pattern: '"servers-not-started"',
        metricTransformation: { namespace: "omnichat-production-pool", name: "StartsFailed", value: "1" },
      })
      expect(oneOf(graph, "cloudwatch/metricAlarm", "Alarm-pool-all-day").inputs).toMatchObject({
        metricName: "GroupInServiceInstances",
        dimensions,
        statistic: "Minimum",
        period: 3600,
        evaluationPeriods: 24,
        threshold: 1,
      })
      expect(group(graph).inputs).toMatchObject({
        metricsGranularity: "1Minute",
        enabledMetrics: ["GroupDesiredCapacity", "GroupInServiceInstances"],
      })
    },
  },
]
