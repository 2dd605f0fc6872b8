import { useScene } from "../scenarios/scene.ts"
import type { Scene } from "../scenarios/scene.ts"
import type { AwsOptions, AwsRuntime } from "../support/runtime-aws.ts"

/** A scene on AWS, with what only that runtime has; its frames are looked at as those of every scene. */
export function useAwsScene(options: Omit<AwsOptions, "models"> = {}): { scene: Scene; aws: () => AwsRuntime } {
  const scene = useScene(options)
  return { scene, aws: () => scene.runtime as AwsRuntime }
}
