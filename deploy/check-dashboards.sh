#!/usr/bin/env bash
# Runs every query of the dashboards, with the alerts loaded, on a Prometheus that scrapes two nodes on one Redis under load: each must
# return data. Takes the Release builds of src/Gateway and tests/load, which .ci/run makes before.
# Needs dashboard-check on the PATH, and says so where there is none; installs prometheus, redis-server, curl, openssl and Node.js when missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. deploy/needs.sh

readonly gateway=src/Gateway/bin/Release/net10.0/Gateway.dll load=tests/load/bin/Release/net10.0/Gateway.Load.dll
readonly seconds=12

if ! command -v dashboard-check >/dev/null; then
  echo "note  deploy/grafana is not checked against a Prometheus: dashboard-check is not on the PATH"
  exit 0
fi
install_needs prometheus promtool:prometheus redis-server redis-cli:redis-tools curl openssl node:nodejs
for file in "$gateway" "$load"; do
  [ -f "$file" ] || { echo "$0: $file is missing: dotnet build Gateway.sln -c Release" >&2; exit 1; }
done

work=$(mktemp -d)
started=()
stop() {
  [ ${#started[@]} -eq 0 ] || kill "${started[@]}" 2>/dev/null || true
  wait
  rm -rf "$work"
}
trap stop EXIT

give_up() {
  echo "$0: $*" >&2
  exit 1
}

free_port() { # nobody listens there now
  local port
  while port=$((20000 + RANDOM % 10000)); (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

answers() { # WHAT, COMMAND...: within half a minute
  local what=$1
  shift
  for _ in {1..300}; do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  give_up "$what does not answer: $(tail -n 3 "$work"/*.log)"
}

start() { # NAME, COMMAND...
  local name=$1
  shift
  "$@" >"$work/$name.log" 2>&1 </dev/null &
  started+=($!)
}

start_node() { # NAME, its ports: plain, TLS, admin
  start "$1" env DOTNET_ENVIRONMENT=Production dotnet "$gateway" --Gateway:Node:Name="$1" --Gateway:Redis:Configuration="127.0.0.1:$redis" \
    --Gateway:Endpoints:0:Address="127.0.0.1:$2" --Gateway:Endpoints:1:Address="127.0.0.1:$3" \
    --Gateway:Endpoints:1:Tls:CertificatePath="$work/tls.crt" --Gateway:Endpoints:1:Tls:KeyPath="$work/tls.key" \
    --Gateway:Admin:Address="127.0.0.1:$4" --Gateway:Auth:AllowAnonymous=true --Gateway:Echo:Enabled=true \
    --Gateway:Auth:Jwt:JwksUri="http://127.0.0.1:$backend/keys" --Gateway:Authorizer:Uri="http://127.0.0.1:$backend/authorize" \
    --Gateway:Rules:0:Pattern=asked --Gateway:Rules:0:Subscribe=authorizer --Gateway:Rules:1:Pattern="*"
}

put_load() { # NAME, its ports: plain, admin; SCENARIO with its OPTIONS
  local name=$1 url=ws://127.0.0.1:$2 admin=http://127.0.0.1:$3
  shift 3
  start "$name" dotnet "$load" "$@" --url "$url" --admin "$admin" --duration "$seconds"
  loads+=($!)
}

# A backend that allows everything, and an issuer with one key.
serve_backend() { # PORT
  start backend node -e '
    const { createPublicKey } = require("crypto");
    const key = createPublicKey(require("fs").readFileSync(process.argv[1])).export({ format: "jwk" });
    const answers = { "/keys": { keys: [{ ...key, kid: "check", use: "sig" }] }, "/authorize": { allow: true } };
    require("http").createServer((request, response) => {
      request.resume().on("end", () => response.setHeader("Content-Type", "application/json").end(JSON.stringify(answers[request.url])));
    }).listen(+process.argv[2], "127.0.0.1");' "$work/tls.crt" "$1"
}

listen_compressed() { # PORT: takes what is published in "compressed" into its socket's buffer
  exec {compressed}<>"/dev/tcp/127.0.0.1/$1"
  printf 'GET /plain/compressed HTTP/1.1\r\nHost: check\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n' >&"$compressed"
}

trickle() { # what the load does not do: the API, envelopes, compression, TLS, questions to the backend
  local text
  text=$(printf '{"goal":1,"minute":%d}' {1..30})
  while sleep 0.3; do
    redis-cli -p "$redis" publish gateway:ch:compressed "$text"
    redis-cli -p "$redis" publish gateway:cmd '{"v":1,"channels":["compressed"],"text":"an envelope"}'
    curl -s "http://127.0.0.1:$1/api/v1/publish" -H 'Content-Type: application/json' -d '{"channel":"compressed","data":1}'
    curl -sk "https://127.0.0.1:$2/healthz"
    for port in "${first[0]}" "${second[0]}"; do
      curl -s -m 0.2 "http://127.0.0.1:$port/plain/asked" -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==' || true # it ends by its time
    done
  done >/dev/null 2>&1
}

openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost -keyout "$work/tls.key" -out "$work/tls.crt" 2>/dev/null
backend=$(free_port)
serve_backend "$backend"
answers backend curl -fs "http://127.0.0.1:$backend/keys"
redis=$(free_port)
start redis redis-server --port "$redis" --bind 127.0.0.1 --save "" --dir "$work"
answers redis redis-cli -p "$redis" ping
first=("$(free_port)" "$(free_port)" "$(free_port)") second=("$(free_port)" "$(free_port)" "$(free_port)")
start_node node-1 "${first[@]}"
start_node node-2 "${second[@]}"
prometheus=$(free_port)
cat >"$work/prometheus.yml" <<YML
global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
rule_files: ["$PWD/deploy/prometheus/rules.yaml"]
scrape_configs:
  - job_name: gateway
    static_configs: [{targets: ["127.0.0.1:${first[2]}", "127.0.0.1:${second[2]}"], labels: {namespace: check}}]
YML
answers node-1 curl -fs "http://127.0.0.1:${first[2]}/readyz"
answers node-2 curl -fs "http://127.0.0.1:${second[2]}/readyz"
start prometheus prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" --web.listen-address="127.0.0.1:$prometheus" --log.level=warn
answers prometheus curl -fs "http://127.0.0.1:$prometheus/-/ready"

listen_compressed "${first[0]}"
listen_compressed "${second[0]}"
trickle "${first[2]}" "${second[1]}" &
started+=($!)
loads=()
put_load load-1 "${first[0]}" "${first[2]}" mixed --redis "127.0.0.1:$redis" --protocol json --subscribers 100 --echo-clients 20 --churn-clients 20
put_load load-2 "${second[0]}" "${second[2]}" echo --connections 20 --rate 200 --rounds 1
for pid in "${loads[@]}"; do wait "$pid" || give_up "the load failed: $(cat "$work"/load-*.log)"; done
# A drain has gauges of its own while it lasts.
curl -fs -X POST "http://127.0.0.1:${second[2]}/api/v1/drain" >/dev/null
scraped() { curl -fs "http://127.0.0.1:$prometheus/api/v1/query?query=gateway_drain_time_left_seconds" | grep -q '"value"'; }
answers "the drain" scraped

failures=0
for dashboard in deploy/grafana/*.json; do
  if dashboard-check --rate-interval 10s --range 30s --fail-empty "$dashboard" "http://127.0.0.1:$prometheus" >"$work/check" 2>&1; then
    echo "ok    ${dashboard#deploy/}: $(grep -c '^ok' "$work/check") queries return data"
  else
    grep -v '^ok' "$work/check" >&2 || true
    echo "FAIL  ${dashboard#deploy/}" >&2
    failures=$((failures + 1))
  fi
done
[ "$failures" -eq 0 ]
