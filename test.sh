#!/usr/bin/env bash
# Builds the solution once and runs its tests. Ends with one line, "N passed, N failed".
# A skipped test counts as failed, and so do a crash and a project that ran no test.
set -euo pipefail

usage() {
  cat <<'TXT'
usage: ./test.sh [PROJECT [OPTION]...]
  PROJECT   runs only the projects under tests/ whose name holds this text, such as Core.Tests
  OPTION    goes to the test runner, such as -class Gateway.Core.Tests.Framing.MaskingTests (-? lists them)

Installs what the tests need and does not find: redis-server and redis-cli, haproxy, nginx, curl, openssl, kill,
node and npm, chromium, go with the libraries golang.org/x/net and github.com/gorilla/websocket as Debian packages them.
Environment: CHROMIUM         path of a Chromium or Chrome to use
             TEST_SECONDS     how long all tests together may take (default 1200)
             TEST_BUILT       not empty: the Release build is there, and is tested as it is
             GATEWAY_PROGRAM  a native build, as the image has it, for the tests that start the program
TXT
}

cd "$(dirname "${BASH_SOURCE[0]}")"
case "${1:-}" in -h | --help) usage; exit 0 ;; esac
filter=${1:-}
[ $# -eq 0 ] || shift

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# A build server that stays behind holds the output of whoever called this script open.
export MSBUILDDISABLENODEREUSE=1
readonly results=artifacts/test-results clients=tests/clients
readonly go_libraries=/usr/share/gocode # where Debian's packages put them, as a GOPATH
rm -rf "$results"
mkdir -p "$results"
passed=0 failed=0 running=

failures() { # what failed, once more: a long log is read from its end
  grep -h -A 5 '\[FAIL\]' "$results"/*.log 2>/dev/null || true
}

finish() { # the last line, whatever happened before
  failures
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ] || exit 1
  exit 0
}

give_up() {
  echo "test.sh: $*" >&2
  failed=$((failed + 1))
  finish
}

# --- what the tests need ------------------------------------------------------------

apt_install() { # PACKAGE...
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || give_up "missing: $*. Install them, for instance with: sudo apt-get install $*"
    as_root=(sudo -n)
  fi
  command -v apt-get >/dev/null || give_up "missing: $*. Install them with this system's package manager"
  echo "Installing $*"
  "${as_root[@]}" apt-get update -qq >&2 || give_up "apt-get update failed"
  # RUNLEVEL=1 keeps the packages from starting servers of their own.
  "${as_root[@]}" env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
    install -y -qq --no-install-recommends "$@" >/dev/null || give_up "apt-get could not install $*"
}

find_chromium() {
  local name
  for name in ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome google-chrome-stable; do
    # Ubuntu's chromium-browser is a stub that asks for a snap: only one that answers counts.
    if "$name" --version >/dev/null 2>&1; then
      command -v "$name"
      return
    fi
  done
  return 1
}

install_needs() {
  local missing=() need program package
  for need in redis-server redis-cli:redis-tools haproxy nginx curl openssl kill:procps node:nodejs npm go:golang-go; do
    IFS=: read -r program package <<<"$need"
    # Files only, since kill is also the shell's own word; and haproxy and nginx stand where only root's PATH looks.
    PATH=$PATH:/usr/sbin type -P "$program" >/dev/null || missing+=("${package:-$program}")
  done
  find_chromium >/dev/null || missing+=(chromium)
  for need in golang.org/x/net:golang-golang-x-net-dev github.com/gorilla/websocket:golang-github-gorilla-websocket-dev; do
    [ -d "$go_libraries/src/${need%%:*}" ] || missing+=("${need#*:}")
  done
  [ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"
  CHROMIUM=$(find_chromium) || give_up "no Chromium that starts; install one and set CHROMIUM to its path"
  export CHROMIUM
  if ! [ "$clients/node_modules/.package-lock.json" -nt "$clients/package-lock.json" ]; then
    (cd "$clients" && npm ci --loglevel=error >&2) || give_up "npm ci failed in $clients"
  fi
  # Without modules, which are fetched from elsewhere than the packages, and without a C compiler.
  (cd "$clients/go" && GO111MODULE=off GOPATH=$go_libraries CGO_ENABLED=0 go build -o bin/ ./gorilla ./xnet >&2) || give_up "go build failed in $clients/go"
}

raise_descriptor_limit() {
  local hard
  hard=$(ulimit -Hn)
  # Some container engines allow 2^30, which programs that walk all descriptors at start take badly.
  if [ "$hard" = unlimited ] || [ "$hard" -gt 1048576 ]; then hard=1048576; fi
  ulimit -Sn "$hard" || echo "test.sh: descriptor limit stays at $(ulimit -Sn)" >&2
}

# --- which tests --------------------------------------------------------------------

test_projects() {
  local project name
  for project in tests/*/*.csproj; do
    name=$(basename "$project" .csproj)
    case "$name" in
      *.Tests | Gateway.Integration | Gateway.Conformance) [[ $name != *"$filter"* ]] || echo "$name" ;;
    esac
  done
}

# --- running them -------------------------------------------------------------------

attribute() { # NAME ELEMENT: its value, 0 when it has none
  local value
  value=$(sed -nE "s/.* $1=\"([0-9]+)\".*/\1/p" <<<"$2")
  echo "${value:-0}"
}

run_project() { # NAME [OPTION]...
  local name=$1 xml=$results/$1.xml left status=0 assembly good bad
  shift
  left=$((${TEST_SECONDS:-1200} - SECONDS + started))
  echo "== $name"
  if [ "$left" -le 0 ]; then
    echo "$name: not run, no time left of TEST_SECONDS=${TEST_SECONDS:-1200}"
    failed=$((failed + 1))
    return
  fi
  # In the background, so that an interrupt reaches the trap at once and a hung test does not outlive it.
  timeout --kill-after=10 "$left" "tests/$name/bin/Release/net10.0/$name" \
    -noLogo -noColor -noAutoReporters -failSkips -result-xml "$xml" "$@" </dev/null > >(tee "$results/$name.log") 2>&1 &
  running=$!
  wait "$running" || status=$?
  running=

  # The runner escapes '<' in every value, so this finds the assembly's own element and no quotation of it.
  assembly=$(grep -o '<assembly [^>]*>' "$xml" 2>/dev/null | head -n 1 || true)
  good=$(attribute passed "$assembly")
  bad=$(($(attribute failed "$assembly") + $(attribute errors "$assembly") \
    + $(attribute skipped "$assembly") + $(attribute not-run "$assembly")))
  if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
    echo "$name: stopped after $left s"
    bad=$((bad + 1))
  elif [ "$bad" -eq 0 ] && [ "$status" -ne 0 ]; then
    echo "$name: ended with exit code $status"
    bad=1
  elif [ "$bad" -eq 0 ] && [ "$good" -eq 0 ]; then
    echo "$name: ran no test"
    bad=1
  fi
  passed=$((passed + good)) failed=$((failed + bad))
}

interrupted() {
  [ -z "$running" ] || kill "$running" 2>/dev/null || true
  give_up "interrupted"
}
trap interrupted INT TERM

command -v dotnet >/dev/null || give_up "the .NET 10 SDK is missing"
mapfile -t projects < <(test_projects)
[ ${#projects[@]} -gt 0 ] || give_up "no test project matches '$filter'"

# The engine's own tests need nothing but the SDK.
[ "${projects[*]}" = Gateway.Core.Tests ] || install_needs
raise_descriptor_limit

if [ -n "${TEST_BUILT:-}" ]; then
  echo "The build is tested as it is"
elif [ -z "$filter" ]; then
  dotnet build Gateway.sln -c Release -v quiet || give_up "the build failed"
else
  for project in "${projects[@]}"; do
    dotnet build "tests/$project" -c Release -v quiet || give_up "the build failed"
  done
fi

started=$SECONDS
for project in "${projects[@]}"; do run_project "$project" "$@"; done
finish
