/** An Ollama model's full name: without a tag it means `:latest`. The host of a registry may hold a colon too. */
export function fullName(name: string): string {
  return name.includes(":", name.lastIndexOf("/") + 1) ? name : `${name}:latest`
}
