/**
 * What AWS would answer, as far as the components of SST and infra/ ask: nothing of it is read in the end but whether
 * things were put together as they should be.
 */
const account = "123456789012"
const region = "us-east-1"
const validation = {
  resourceRecordName: "_proof.chat.example.com.",
  resourceRecordType: "CNAME",
  resourceRecordValue: "_proof.acm-validations.aws.",
}

/** @typedef {Record<string, any>} Values */

/**
 * What a resource knows of itself once it exists, beside what it was given.
 * @param {string} type
 * @param {string} name
 * @param {Values} inputs
 * @param {string} [id] of what exists already
 * @returns {Values}
 */
export function outputsOf(type, name, inputs, id) {
  const own = inputs["name"] ?? inputs["bucket"] ?? (id || `${name}-name`)
  switch (type) {
    case "aws:lambda/function:Function": {
      const arn = arnOf("lambda", `function:${own}`)
      return { name: own, arn, invokeArn: invokeArnOf(arn), qualifiedArn: `${arn}:1`, lastModified: "then" }
    }
    case "aws:lambda/functionUrl:FunctionUrl":
      return { functionUrl: `https://${name.toLowerCase()}.lambda-url.${region}.on.aws/` }
    case "aws:dynamodb/table:Table":
      return {
        name: own,
        arn: arnOf("dynamodb", `table/${own}`),
        streamArn: arnOf("dynamodb", `table/${own}/stream/then`),
      }
    case "aws:s3/bucket:Bucket":
      return bucketOutputs(name.toLowerCase())
    case "aws:apigatewayv2/api:Api":
      return {
        apiEndpoint: `wss://${name.toLowerCase()}.execute-api.${region}.amazonaws.com`,
        executionArn: arnOf("execute-api", name.toLowerCase()),
        arn: `arn:aws:apigateway:${region}::/apis/${name.toLowerCase()}`,
      }
    case "aws:cognito/userPool:UserPool":
      return { name: own, arn: arnOf("cognito-idp", `userpool/${name}-id`) }
    case "aws:cloudfront/distribution:Distribution":
      return {
        arn: `arn:aws:cloudfront::${account}:distribution/${name}-id`,
        domainName: "d111111abcdef8.cloudfront.net",
        hostedZoneId: "Z2FDTNDATAQYW2",
        etag: "E",
      }
    case "aws:acm/certificate:Certificate":
      return { arn: `arn:aws:acm:us-east-1:${account}:certificate/made`, domainValidationOptions: [validation] }
    case "pulumi-nodejs:dynamic:Resource":
      return name.includes("HostedZoneLookup") ? { zoneId: "Z1" } : {}
    case "aws:iam/role:Role":
      return { name: own, arn: `arn:aws:iam::${account}:role/${own}` }
    case "aws:sqs/queue:Queue":
      return { name: own, arn: arnOf("sqs", own), url: `https://sqs.${region}.amazonaws.com/${account}/${own}` }
    case "aws:sns/topic:Topic":
      return { name: own, arn: arnOf("sns", own) }
    case "aws:ec2/vpcEndpoint:VpcEndpoint":
      return { prefixListId: `pl-${String(inputs["serviceName"]).split(".").at(-1)}` }
    case "aws:ec2/launchTemplate:LaunchTemplate":
      return { name: `${name}-name`, latestVersion: 1 }
    case "random:index/randomBytes:RandomBytes":
      return { base64: Buffer.alloc(32, 7).toString("base64"), hex: "07".repeat(32) }
    default:
      return { name: own, arn: arnOf(type.split(/[:/]/)[1] ?? "none", own) }
  }
}

/** @param {string} token @param {Values} inputs @returns {Values} */
export function answerOf(token, inputs) {
  switch (token) {
    case "aws:index/getRegion:getRegion":
      return { region, name: region, id: region }
    case "aws:index/getPartition:getPartition":
      return { partition: "aws", dnsSuffix: "amazonaws.com", id: "aws" }
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return { accountId: account, arn: `arn:aws:iam::${account}:user/test`, userId: "test", id: account }
    case "aws:iam/getPolicyDocument:getPolicyDocument": {
      // AWS leaves out what is empty, and SST makes no policy then.
      const statements = inputs["statements"].length === 0 ? undefined : inputs["statements"]
      return { statements, json: JSON.stringify({ Version: "2012-10-17", Statement: statements }), id: "policy" }
    }
    case "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings":
      return { locations: zonesOf(inputs["filters"][0].values[0]).map((zone) => `${region}${zone}`), id: region }
    case "aws:ssm/getParameter:getParameter":
      return { insecureValue: `ami-of${inputs["name"]}`, id: inputs["name"] }
    case "aws:ec2/getAmi:getAmi":
      return { id: inputs["filters"][0].values[0], rootDeviceName: "/dev/xvda" }
    case "aws:ebs/getSnapshot:getSnapshot":
      return { id: inputs["snapshotIds"][0], volumeSize: 80 }
    default:
      throw new Error(`infra asks AWS for ${token}, which scripts/infra/mocks.mjs does not know`)
  }
}

/** What SST's own program answers its components. @param {string} method @param {Values} input @returns {Values} */
export function programAnswer(method, input) {
  switch (method) {
    case "Provider.Aws.Bootstrap":
      return { asset: "sst-asset", state: "sst-state", assetEcrRegistryId: account, assetEcrUrl: "sst-ecr" }
    case "Provider.Aws.Appsync":
      return { http: "sst.example", realtime: "sst.example" }
    case "Runtime.Build":
      return { handler: input.handler, out: input.bundle, errors: [], sourcemaps: [] }
    case "Runtime.AddTarget":
      return {}
    default:
      throw new Error(`rpc: can't find ${method}`)
  }
}

/** The zones that have a kind of server, a local one among them. @param {string} server */
const zonesOf = (server) => (server === "g4dn.2xlarge" ? ["-atl-1a"] : ["d", "a", "-atl-1a", "b"])

/** @param {string} bucket */
function bucketOutputs(bucket) {
  return {
    bucket,
    arn: `arn:aws:s3:::${bucket}`,
    bucketDomainName: `${bucket}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${bucket}.s3.${region}.amazonaws.com`,
  }
}

/** @param {string} service @param {string} rest */
const arnOf = (service, rest) => `arn:aws:${service}:${region}:${account}:${rest}`

/** @param {string} arn */
const invokeArnOf = (arn) => `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`
