# What the peers' scripts share; each sources it, defines `prepare` and `serve`, and ends with `peer "$@"`. README.md has the contract.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
repository=$(cd "$here/../../../.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_ENVIRONMENT=Production MSBUILDDISABLENODEREUSE=1
readonly patience=30 # seconds that a server may take to listen

give_up() {
  echo "$(basename "$here"): $*" >&2
  exit 1
}

need() { # FILE PACKAGE: installs what is missing, where that can be done without asking
  [ -e "$1" ] || PATH=$PATH:/usr/sbin type -P "$1" >/dev/null || {
    local as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
    # RUNLEVEL=1 keeps the packages from starting servers of their own.
    "${as_root[@]}" env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends "$2" >/dev/null || give_up "$2 is missing and could not be installed"
  }
}

build() { # PROJECT
  local said
  said=$(dotnet build -c Release -v quiet "$1") || { echo "$said" >&2; give_up "$1 does not build"; }
}

card() { # TITLE WORKS [PROTOCOL]: what the peer is, for who compares it
  printf '{"title":"%s","works":"%s","protocol":"%s"}\n' "$1" "$2" "${3:-plain}"
}

start() { # COMMAND...: beside this script, and not longer than it. `server` is its process
  PATH=$PATH:/usr/sbin setpriv --pdeathsig TERM "$@" >&2 &
  server=$!
  started+=("$server")
}

stop() {
  trap - EXIT TERM INT
  local pid
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${started[@]}"; do timeout 5 tail --pid="$pid" -s 0.1 -f /dev/null || kill -9 "$pid" 2>/dev/null || true; done
}

await_listening() { # PORT
  local deadline=$((SECONDS + patience))
  until (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
    kill -0 "$server" 2>/dev/null || give_up "the server has ended"
    [ $SECONDS -lt $deadline ] || give_up "the server does not listen"
    sleep 0.1
  done
}

peer() {
  case "${1:-}" in
    --prepare) prepare ;;
    [0-9]*)
      started=()
      trap stop EXIT
      trap 'exit 0' TERM INT
      serve "$@"
      await_listening "$1"
      echo "ready $server"
      wait "$server"
      ;;
    *)
      echo "usage: ${BASH_SOURCE[1]} --prepare | PORT [REDIS CHANNEL]" >&2
      exit 2
      ;;
  esac
}
