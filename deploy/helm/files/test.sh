# What helm test runs: a client subscribes on one node, some node is asked to publish, the client must receive. For sh and curl of any
# kind; the environment says where and as whom:
#   ADMIN        URL of the admin side
#   PUBLISH_KEY  a key that may publish; empty: there is none, and nothing is published
#   CLIENTS      URL of the clients' side, without a / at its end; empty: clients come in a way that is not open to this one
#   HOST         the name that clients must ask for; empty: that of the URL
#   TOKEN        a client's token; empty: none
#   CHANNEL      where to publish
#   SECONDS_TO_ARRIVE  for how long it waits for a node that is ready, and then goes on publishing, once a second; by default 20
#   EXPECT       status that the client's request must have: 101, or 401 where a token is needed and there is none
# The pod is given this as an argument, where Kubernetes would make one dollar of two: there are none.
set -eu

SECONDS_TO_ARRIVE=${SECONDS_TO_ARRIVE:-20}
work=$(mktemp -d)
client=
end() {
  [ -z "$client" ] || kill "$client" 2>/dev/null || true
  rm -rf "$work"
}
trap end EXIT

say() { echo "$*"; }

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

subscribe() {
  # The head in a file of its own: beside the body it would be written with the first bytes of that.
  set -- --http1.1 --silent --show-error --insecure --no-buffer --max-time 300 --dump-header "$work/head" --output "$work/received"
  set -- "$@" -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
  [ -z "$HOST" ] || set -- "$@" -H "Host: $HOST"
  [ -z "$TOKEN" ] || set -- "$@" -H "Authorization: Bearer $TOKEN"
  : >"$work/head"
  : >"$work/received"
  curl "$@" "$CLIENTS/plain/$CHANNEL" 2>"$work/errors" &
  client=$!
}

await_answer() { # sets answer: the first line of its head. Not in a subshell, where nobody would notice that curl has ended
  until [ -s "$work/head" ]; do
    kill -0 "$client" 2>/dev/null || break
    sleep 1
  done
  answer=$(head -n 1 "$work/head" | tr -d '\r')
}

publish() { # TEXT
  curl --silent --show-error --max-time 10 --output "$work/published" --write-out '%{http_code}' \
    -H "Authorization: Bearer $PUBLISH_KEY" -H 'Content-Type: application/json' \
    -d "{\"channel\":\"$CHANNEL\",\"text\":\"$1\"}" "$ADMIN/api/v1/publish"
}

say "The admin side, $ADMIN/readyz:"
# Right behind helm install the nodes may still be starting, and their Service leads nowhere yet.
start=$(date +%s)
until curl --fail --silent --show-error --max-time 10 "$ADMIN/readyz" 2>"$work/errors"; do
  [ $(($(date +%s) - start)) -lt "$SECONDS_TO_ARRIVE" ] || fail "no node is ready after $SECONDS_TO_ARRIVE seconds. $(cat "$work/errors")"
  sleep 1
done
say

if [ -n "$CLIENTS" ]; then
  say "A client, $CLIENTS/plain/$CHANNEL:"
  subscribe
  await_answer
  say "$answer"
  case "$answer" in
    "HTTP/1.1 $EXPECT "*) ;;
    "HTTP/1.1 401 "*) fail "clients need a token: name a Secret with one for this test (test.existingSecret)" ;;
    "HTTP/1.1 403 "*) fail "no rule lets this client subscribe to $CHANNEL: name another channel (test.channel) or a token (test.existingSecret)" ;;
    *) fail "no $EXPECT but this. $(cat "$work/errors")" ;;
  esac
fi

if [ -z "$PUBLISH_KEY" ]; then
  say "Nothing is published: there is no key for it (admin.publishKey, admin.apiKey or admin.existingSecret)."
  exit 0
fi

# A subscription takes a moment to reach Redis, and what is published before is for nobody: once a second until it arrives.
text=helm-test-$(date +%s)
attempts=0
while :; do
  status=$(publish "$text") || fail "the admin side cannot be reached"
  [ "$status" = 200 ] || fail "publishing is answered $status: $(cat "$work/published")"
  if [ -z "$CLIENTS" ] || [ "$EXPECT" != 101 ]; then
    say "Published, and received by nobody: no client of this test can connect (test.existingSecret names its token)."
    exit 0
  fi
  if grep -q "$text" "$work/received"; then
    say "Published and received."
    exit 0
  fi
  attempts=$((attempts + 1))
  [ "$attempts" -lt "$SECONDS_TO_ARRIVE" ] || fail "published $attempts times, and nothing has arrived"
  kill -0 "$client" 2>/dev/null || fail "the client's connection has ended. $(cat "$work/errors")"
  sleep 1
done
