import { stage } from "../stage.ts"
import { groupName } from "./environment.ts"

const minute = 60
const hour = 60 * minute

/** What the log of the pool's function is counted as. The first ten metrics of one's own are free, and it is one. */
export const failedStarts = { namespace: groupName, metricName: "StartsFailed" }

/** The alarms of the pool, where there is one; each metric of an alarm counts towards the ten that are free. */
export const poolAlarms =
  stage.pool === undefined
    ? []
    : [
        {
          name: "pool-failed",
          description: `A GPU server that was needed did not start. Why, is under the activities of the group ${groupName}`,
          args: { ...failedStarts, statistic: "Sum", period: 5 * minute, threshold: 1 },
        },
        {
          name: "pool-all-day",
          description: `GPU servers of the group ${groupName} have run for 24 hours. If nobody needs them, end them as docs/aws/deploy.md says`,
          args: {
            namespace: "AWS/AutoScaling",
            metricName: "GroupInServiceInstances",
            dimensions: { AutoScalingGroupName: groupName },
            statistic: "Minimum",
            period: hour,
            evaluationPeriods: 24,
            threshold: 1,
          },
        },
      ]
