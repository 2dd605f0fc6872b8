import { bytesOf, listen } from "./listen.ts"
import type { Listening } from "./listen.ts"

/** EC2 Auto Scaling with one group, over its Query protocol (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/). */
export type AutoScalingStandIn = Listening & {
  group: { name: string; desired: number; most: number; instances: { id: string; state: string }[] }
  /** Newest first. */
  activities: { description: string; status: string; message?: string; at: string }[]
  /** What was asked, by action and parameters. */
  asked: Record<string, string>[]
}

const tag = (name: string, inner: string | number): string => `<${name}>${inner}</${name}>`
const escaped = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;")
const member = (inner: string): string => tag("member", inner)

export async function startAutoScalingStandIn(name: string): Promise<AutoScalingStandIn> {
  const group: AutoScalingStandIn["group"] = { name, desired: 0, most: 2, instances: [] }
  const activities: AutoScalingStandIn["activities"] = []
  const asked: Record<string, string>[] = []

  /** The result of an action, or why it is refused. */
  function answer(action: string, given: Record<string, string>): { result: string } | { refused: string } {
    switch (action) {
      case "DescribeAutoScalingGroups": {
        const found = given["AutoScalingGroupNames.member.1"] === group.name ? member(groupXml(group)) : ""
        return { result: tag("AutoScalingGroups", found) }
      }
      case "DescribeScalingActivities":
        return { result: tag("Activities", activities.map(activityXml).join("")) }
      case "SetDesiredCapacity":
        group.desired = Number(given["DesiredCapacity"])
        if (group.desired > group.most) return { refused: `New SetDesiredCapacity value ${group.desired} is above max` }
        return { result: "" }
      case "TerminateInstanceInAutoScalingGroup": {
        const { InstanceId: id = "" } = given
        const at = group.instances.findIndex((instance) => instance.id === id)
        if (at < 0) return { refused: `Instance Id not found - No managed instance found for instance ID: ${id}` }
        group.instances.splice(at, 1)
        if (given["ShouldDecrementDesiredCapacity"] === "true") group.desired -= 1
        return { result: "" }
      }
    }
    return { refused: `The action ${action} is not valid for this web service.` }
  }

  const server = await listen(async (request, response) => {
    const given = Object.fromEntries(new URLSearchParams((await bytesOf(request)).toString("utf8")))
    const isSigned = request.headers.authorization?.includes("/autoscaling/aws4_request") === true
    const { Action: action = "" } = given
    asked.push(given)
    const told = isSigned ? answer(action, given) : { refused: "not signed" }
    if ("refused" in told) {
      const error = tag("Type", "Sender") + tag("Code", "ValidationError") + tag("Message", escaped(told.refused))
      response.writeHead(400, { "content-type": "text/xml" })
      return void response.end(tag("ErrorResponse", tag("Error", error) + tag("RequestId", "r")))
    }
    response.writeHead(200, { "content-type": "text/xml" })
    const result = told.result === "" ? "" : tag(`${action}Result`, told.result)
    response.end(tag(`${action}Response`, result + tag("ResponseMetadata", tag("RequestId", "r"))))
  })
  return { ...server, group, activities, asked }
}

function groupXml({ name, desired, most, instances }: AutoScalingStandIn["group"]): string {
  const inside = instances.map(({ id, state }) =>
    member(tag("InstanceId", id) + tag("LifecycleState", state) + tag("HealthStatus", "Healthy")),
  )
  return [
    tag("AutoScalingGroupName", name),
    tag("MinSize", 0),
    tag("MaxSize", most),
    tag("DesiredCapacity", desired),
    tag("Instances", inside.join("")),
  ].join("")
}

function activityXml({ description, status, message, at }: AutoScalingStandIn["activities"][number]): string {
  return member(
    [
      tag("ActivityId", description),
      tag("Description", escaped(description)),
      tag("StatusCode", status),
      message === undefined ? "" : tag("StatusMessage", escaped(message)),
      tag("StartTime", at),
      tag("EndTime", at),
    ].join(""),
  )
}
