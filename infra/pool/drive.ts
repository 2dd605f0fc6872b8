import { environment } from "../environment.ts"
import { makeFunction } from "../function.ts"
import { handleRuns } from "../permission.ts"
import { group } from "./group.ts"

/** Whoever goes to stand in line calls it; while somebody stands there it goes on, and calls itself when its time is up. */
makeFunction("pool", {
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
