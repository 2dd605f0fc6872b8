import type { Actor } from "@omnichat/core/access/actor"
import { authorize } from "@omnichat/core/access/authorize"
import type { Act } from "@omnichat/core/access/authorize"
import type { Ports } from "@omnichat/core/ports"
import { OmniError } from "@omnichat/core/protocol/error"
import type { AckFields, Action, Frame } from "@omnichat/core/protocol/frame"
import { followRun, unfollowRun } from "@omnichat/core/run/follow"
import { startRun } from "@omnichat/core/run/start"
import { stopRun } from "@omnichat/core/run/stop"

type Call<N extends Action["action"]> = {
  ports: Ports
  actor: Actor
  connectionId: string
  action: Extract<Action, { action: N }>
  ack: (fields: AckFields) => Promise<void>
  send: (frame: Frame) => Promise<void>
}

/** Each action, the line of the access table that guards it, and what it does. */
const actions: { [N in Action["action"]]: { act: Act; run: (call: Call<N>) => Promise<void> } } = {
  "run.start": {
    act: "run.start",
    async run({ ports, actor, connectionId, action: { action: _action, id: _id, ...body }, ack }) {
      await ack(await startRun(ports, actor, body, connectionId))
    },
  },
  "run.follow": {
    act: "run.follow",
    run: ({ ports, actor, connectionId, action: { runId, after }, ack }) =>
      followRun(ports, actor, { runId, after }, connectionId, ack),
  },
  "run.unfollow": {
    act: "run.unfollow",
    async run({ ports, actor, connectionId, action: { runId }, ack }) {
      await ack(await unfollowRun(ports, actor, { runId }, connectionId))
    },
  },
  "run.stop": {
    act: "run.stop",
    async run({ ports, actor, action: { runId }, ack }) {
      await ack(await stopRun(ports, actor, runId))
    },
  },
  "run.approve": {
    act: "run.approve",
    // there are no tools yet, so nothing can wait for an approval
    run: ({ action: { approvalId } }) =>
      Promise.reject(new OmniError("not_found", `No tool call waits for the approval "${approvalId.slice(0, 100)}".`)),
  },
  ping: {
    act: "connection.ping",
    run: ({ action: { id }, send }) => send({ type: "pong", id }),
  },
}

/**
 * Does what a well-formed frame asks, and answers it.
 *
 * @throws whatever the action throws, if it has not been acknowledged
 */
export async function perform<N extends Action["action"]>(
  ports: Ports,
  actor: Actor,
  connectionId: string,
  action: Extract<Action, { action: N }>,
  send: (frame: Frame) => Promise<void>,
): Promise<void> {
  const { act, run } = actions[action.action]
  authorize(actor, act, { now: ports.clock.now() })
  const ack = (fields: AckFields) => send({ type: "ack", id: action.id, ...fields })
  await run({ ports, actor, connectionId, action, ack, send })
}
