import {
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling"
import type { Activity, AutoScalingClient, AutoScalingGroup } from "@aws-sdk/client-auto-scaling"
import type { PoolScaler, GroupServer, ServerGroup } from "@omnichat/core/pool/scaler"
import { describeStartFailure } from "./pool-start-failure.ts"

export type ScalerOptions = {
  client: Pick<AutoScalingClient, "send">
  /** The name of the Auto Scaling group. */
  group: string
}

/** Activities come newest first; of a start that failed AWS makes a new one at every attempt. */
const activitiesLookedAt = 10

/** The servers of an Auto Scaling group, which AWS starts and ends by the number that is wanted. */
export function autoScaler({ client, group: AutoScalingGroupName }: ScalerOptions): PoolScaler {
  async function read(): Promise<AutoScalingGroup> {
    const input = { AutoScalingGroupNames: [AutoScalingGroupName] }
    const { AutoScalingGroups = [] } = await client.send(new DescribeAutoScalingGroupsCommand(input))
    const [found] = AutoScalingGroups
    if (found !== undefined) return found
    throw new Error(`There is no Auto Scaling group ${AutoScalingGroupName}. Deploy the stage again with its pool on.`)
  }

  async function lastFailure(): Promise<ServerGroup["failed"]> {
    const input = { AutoScalingGroupName, MaxRecords: activitiesLookedAt }
    const { Activities = [] } = await client.send(new DescribeScalingActivitiesCommand(input))
    const last = Activities.find(isStart)
    if (last === undefined || !failures.has(last.StatusCode ?? "")) return undefined
    const at = (last.EndTime ?? last.StartTime)?.getTime() ?? 0
    return { at, message: describeStartFailure(last.StatusMessage ?? "AWS does not say why") }
  }

  return {
    async describe() {
      const [group, failed] = await Promise.all([read(), lastFailure()])
      return {
        running: serversOf(group),
        desired: group.DesiredCapacity ?? 0,
        most: group.MaxSize ?? 0,
        ...(failed && { failed }),
      }
    },
    async start(desired) {
      const { DesiredCapacity: wanted = 0, MaxSize: most = 0 } = await read()
      const raised = Math.min(desired, most)
      if (raised <= wanted) return
      const input = { AutoScalingGroupName, DesiredCapacity: raised, HonorCooldown: false }
      await client.send(new SetDesiredCapacityCommand(input))
    },
    async stopStarting() {
      const group = await read()
      const there = serversOf(group).filter(({ state }) => state === "running").length
      if ((group.DesiredCapacity ?? 0) <= there) return
      const input = { AutoScalingGroupName, DesiredCapacity: there, HonorCooldown: false }
      await client.send(new SetDesiredCapacityCommand(input))
    },
    async terminate(InstanceId) {
      const input = { InstanceId, ShouldDecrementDesiredCapacity: true }
      try {
        await client.send(new TerminateInstanceInAutoScalingGroupCommand(input))
      } catch (thrown) {
        if (!isGone(thrown)) throw thrown
      }
    },
  }
}

/** The life of an instance (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html). */
function serversOf({ Instances = [] }: AutoScalingGroup): GroupServer[] {
  return Instances.flatMap(({ InstanceId: nodeId, LifecycleState: state = "" }) =>
    nodeId === undefined || state === "Terminated" || state === "Detached" ? [] : [{ nodeId, state: stateOf(state) }],
  )
}

function stateOf(state: string): GroupServer["state"] {
  if (state.startsWith("Pending")) return "starting"
  return state === "InService" ? "running" : "ending"
}

const failures: ReadonlySet<string> = new Set(["Failed", "Cancelled"])
const isStart = ({ Description = "" }: Activity): boolean => /^Launching/i.test(Description)
const isGone = (thrown: unknown): boolean =>
  thrown instanceof Error && thrown.name === "ValidationError" && /not found/i.test(thrown.message)
