/** Some of Bedrock's models: one, wherever in the world it answers, and a family in one part of it. */
export const someModels = "amazon.nova-lite-v1:0,us.anthropic.claude-*"

/** A name for two of them. */
export const aliases = [
  { id: "smart", name: "Smart", targets: [{ model: "bedrock/us.anthropic.claude-opus-5", waitAtMostSeconds: 20 }] },
]
