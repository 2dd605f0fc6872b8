import { stage } from "../stage.ts"
import { groupName } from "./environment.ts"

const metric = (metricName: string) => ({
  namespace: "AWS/AutoScaling",
  metricName,
  dimensions: { AutoScalingGroupName: groupName },
})
const minute = 60
const hour = 60 * minute

/** The alarms of the pool, where there is one; each metric of an alarm counts towards the ten that are free. */
export const poolAlarms =
  stage.pool === undefined
    ? []
    : [
        {
          name: "pool-stuck",
          description: `A GPU server is wanted and has not started for a quarter of an hour. Why, is under the activities of the group ${groupName}`,
          args: {
            evaluationPeriods: 3,
            threshold: 1,
            metricQueries: [
              { id: "missing", expression: "wanted - running", label: "servers that are missing", returnData: true },
              {
                id: "wanted",
                metric: { ...metric("GroupDesiredCapacity"), period: 5 * minute, stat: "Minimum" },
              },
              {
                id: "running",
                metric: { ...metric("GroupInServiceInstances"), period: 5 * minute, stat: "Maximum" },
              },
            ],
          },
        },
        {
          name: "pool-all-day",
          description: `GPU servers of the group ${groupName} have run for 24 hours. If nobody needs them, end them as docs/aws/deploy.md says`,
          args: {
            ...metric("GroupInServiceInstances"),
            statistic: "Minimum",
            period: hour,
            evaluationPeriods: 24,
            threshold: 1,
          },
        },
      ]
