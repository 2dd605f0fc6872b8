# What a GPU server does once, as root, when it is made. The variables that it needs are put before it by
# infra/pool/setup.ts. What it says is in /var/log/cloud-init-output.log and on the console.
set -euo pipefail
trap 'echo "the server could not be set up: line $LINENO, $BASH_COMMAND" >&2' ERR

# The disk for models: by a snapshot it has them, and Ollama, already.
disk=/dev/sdf
for _ in $(seq 60); do
  if [ -b "$disk" ]; then break; fi
  sleep 1
done
if ! blkid "$disk" >/dev/null; then mkfs.xfs -q "$disk"; fi
mkdir -p /models
echo "$disk /models xfs noatime,nofail 0 2" >>/etc/fstab
mount /models
xfs_growfs /models >/dev/null

# An address, and the file that it becomes.
download() {
  curl --fail --silent --show-error --location --retry 5 --retry-all-errors --output "$2" "$1"
}

# The sha256 that a file has to have.
check() {
  echo "$1  $2" | sha256sum --check --quiet
}

install_ollama() {
  if [ -x "/models/software/ollama-$OLLAMA_VERSION/bin/ollama" ]; then return; fi
  if ! command -v zstd >/dev/null; then dnf install --assumeyes --quiet zstd; fi
  rm -rf /models/software
  mkdir -p /models/software/unpacked
  download "https://github.com/ollama/ollama/releases/download/v$OLLAMA_VERSION/ollama-linux-amd64.tar.zst" \
    /models/software/archive
  check "$OLLAMA_SHA256" /models/software/archive
  tar --zstd -xf /models/software/archive -C /models/software/unpacked
  rm /models/software/archive
  # Under its name it is whole.
  mv /models/software/unpacked "/models/software/ollama-$OLLAMA_VERSION"
}

install_agent() {
  mkdir -p /opt/omnichat
  local name="node-v$NODE_VERSION-linux-x64"
  download "https://nodejs.org/dist/v$NODE_VERSION/$name.tar.gz" /opt/omnichat/node.tar.gz
  tar -xzf /opt/omnichat/node.tar.gz -C /opt/omnichat --strip-components=2 "$name/bin/node"
  rm /opt/omnichat/node.tar.gz
  # Of the program, not of the archive: it is the one that the tests ran.
  check "$NODE_SHA256" /opt/omnichat/node
  aws s3 cp --only-show-errors --region "$AWS_REGION" "s3://$BUCKET_NAME/$AGENT_KEY" /opt/omnichat/agent.mjs
  check "$AGENT_SHA256" /opt/omnichat/agent.mjs
}

install_ollama &
ollama=$!
install_agent &
agent=$!
wait "$ollama"
wait "$agent"

useradd --system --home-dir /models/home --shell /sbin/nologin ollama
mkdir -p /models/home /models/store
chown -R ollama:ollama /models/home /models/store

cat >/etc/systemd/system/ollama.service <<UNIT
[Unit]
Description=Ollama $OLLAMA_VERSION
RequiresMountsFor=/models
StartLimitIntervalSec=0

[Service]
User=ollama
# The device that CUDA needs is made by the first who asks for it, which takes root.
ExecStartPre=+-/usr/bin/nvidia-modprobe -c 0 -u
ExecStart=/models/software/ollama-$OLLAMA_VERSION/bin/ollama serve
Environment=HOME=/models/home
Environment=OLLAMA_HOST=0.0.0.0:11434
Environment=OLLAMA_MODELS=/models/store
Environment=OLLAMA_NUM_PARALLEL=$POOL_PARALLEL
Environment=OLLAMA_MAX_LOADED_MODELS=$POOL_MODEL_COUNT
# Whoever sends work here decides what is taken out of memory.
Environment=OLLAMA_KEEP_ALIVE=-1
Restart=always
RestartSec=1
# Models are made by strangers: what runs them does not get this server's credentials, and writes to its own disk only.
IPAddressDeny=169.254.169.254/32 fd00:ec2::254/128
ProtectSystem=strict
ReadWritePaths=/models
ProtectHome=yes
PrivateTmp=yes

[Install]
WantedBy=multi-user.target
UNIT

cat >/etc/systemd/system/omnichat-agent.service <<UNIT
[Unit]
Description=OmniChat's agent: says what this server has, and has it load what is wanted
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
DynamicUser=yes
ExecStart=/opt/omnichat/node /opt/omnichat/agent.mjs
Environment=LOG_LEVEL=$LOG_LEVEL
Environment=AWS_REGION=$AWS_REGION
Environment=TABLE_NAME=$TABLE_NAME
Environment=OLLAMA_URL=http://127.0.0.1:11434
Environment=POOL_PARALLEL=$POOL_PARALLEL
Environment=POOL_DOLLARS_PER_HOUR=$POOL_DOLLARS_PER_HOUR
Restart=always
RestartSec=2
NoNewPrivileges=yes
ProtectHome=yes

[Install]
WantedBy=multi-user.target
UNIT

systemctl daemon-reload
systemctl enable --now ollama.service omnichat-agent.service
