import { functionNames } from "./function.ts"
import { groupName } from "./pool/environment.ts"
import { socket } from "./socket.ts"
import { fullName, place, stage } from "./stage.ts"
import { table } from "./table.ts"
import { siteId } from "./web.ts"

type Line = (string | Record<string, string>)[]

const perFunction = (metric: string, stat: string): Line[] =>
  functionNames.map((name) => ["AWS/Lambda", metric, "FunctionName", fullName(name), { label: name, stat }])

/** One screen of what is told first when something is wrong. Three dashboards of 50 metrics are free. */
export const dashboardBody = $util
  .all([place.region, socket.nodes.api.id, table.name, siteId])
  .apply(([region, socketId, tableName, distribution]) => {
    const gateway = (metric: string, stat: string): Line => ["AWS/ApiGateway", metric, "ApiId", socketId, { stat }]
    const units = (metric: string): Line => ["AWS/DynamoDB", metric, "TableName", tableName, { stat: "Sum" }]
    const servers = (metric: string): Line => [
      "AWS/AutoScaling",
      metric,
      "AutoScalingGroupName",
      groupName,
      { stat: "Maximum" },
    ]
    const charts: { title: string; lines: Line[]; region?: string }[] = [
      { title: "Calls", lines: perFunction("Invocations", "Sum") },
      { title: "Errors", lines: perFunction("Errors", "Sum") },
      { title: "Duration, 99 of 100 (ms)", lines: perFunction("Duration", "p99") },
      { title: "At the same time", lines: perFunction("ConcurrentExecutions", "Maximum") },
      {
        title: "Socket",
        lines: [gateway("ConnectCount", "Sum"), gateway("MessageCount", "Sum"), gateway("IntegrationError", "Sum")],
      },
      { title: "Table", lines: [units("ConsumedReadCapacityUnits"), units("ConsumedWriteCapacityUnits")] },
      {
        title: "Site",
        region: "us-east-1",
        lines: ["Requests", "4xxErrorRate", "5xxErrorRate"].map((metric) => [
          "AWS/CloudFront",
          metric,
          "DistributionId",
          distribution,
          "Region",
          "Global",
        ]),
      },
      ...(stage.pool === undefined
        ? []
        : [
            {
              title: "GPU servers",
              lines: [servers("GroupDesiredCapacity"), servers("GroupInServiceInstances")],
            },
          ]),
    ]
    return JSON.stringify({
      widgets: charts.map(({ title, lines, region: own = region }, at) => ({
        type: "metric",
        x: (at % 2) * 12,
        y: Math.floor(at / 2) * 6,
        width: 12,
        height: 6,
        properties: { title, metrics: lines, region: own, view: "timeSeries", period: 300 },
      })),
    })
  })
