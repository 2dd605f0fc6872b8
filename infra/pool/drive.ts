import { environment } from "../environment.ts"
import { makeFunction } from "../function.ts"
import { handleRuns } from "../permission.ts"
import { fullName, stage } from "../stage.ts"
import { failedStarts } from "./alarm.ts"
import { group } from "./group.ts"

/** Whoever goes to stand in line calls it; while somebody stands there it goes on, and calls itself when its time is up. */
const driver = makeFunction("pool", {
  description: "While somebody waits for a GPU: calls who is next, tells the others, starts and ends servers",
  // It looks at a list twice a second, and waits.
  memory: "256 MB",
  timeout: "900 seconds",
  // There is one that drives, whoever calls; and the next minute's sweep calls again.
  retries: 2,
  maximumAge: 60,
  environment,
  permissions: [
    ...handleRuns,
    {
      actions: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
      resources: [group.arn],
    },
    // What only looks can not be let to one group.
    { actions: ["autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeScalingActivities"], resources: ["*"] },
  ],
})

/** A start that failed is given up at once, so that nothing of AWS's own shows it for long: it is counted in the log. */
if (stage.alarms !== undefined) {
  new aws.cloudwatch.LogMetricFilter("PoolStarts", {
    name: fullName("pool-starts"),
    logGroupName: driver.nodes.logGroup.apply((logGroup) => {
      if (logGroup === undefined)
        throw new Error("The function pool has no log of its own, in which starts are counted")
      return logGroup.name
    }),
    pattern: '"servers-not-started"',
    metricTransformation: { namespace: failedStarts.namespace, name: failedStarts.metricName, value: "1" },
  })
}
