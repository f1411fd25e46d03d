#!/usr/bin/env bash
# Checks what is deployed: lints and renders the chart with each values file of deploy/helm/ci, validates the manifests against
# Kubernetes' schemas and the restricted Pod Security Standard, and checks that values the schema must refuse are refused.
# Needs helm and k8s-validate on the PATH.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

missing=()
for tool in helm k8s-validate; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "deploy/check.sh: not on the PATH: ${missing[*]}" >&2
  exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
  echo "FAIL  $*" >&2
  failures=$((failures + 1))
}

validate() { # FILE; manifests that were valid are valid, whichever Helm has rendered them: VALIDATED names a file that remembers them
  local sum
  sum=$(sha256sum <"$1")
  if [ -n "${VALIDATED:-}" ] && grep -qxF -- "$sum" "$VALIDATED" 2>/dev/null; then return; fi
  k8s-validate --restricted --quiet <"$1" || return 1
  [ -z "${VALIDATED:-}" ] || echo "$sum" >>"$VALIDATED"
}

check_values() { # FILE
  local name manifests
  name=$(basename "$1" .yaml)
  manifests=$work/$name.yaml
  if helm lint --strict --quiet helm -f "$1" \
    && helm template gateway helm -f "$1" --namespace realtime 2>"$work/notes" >"$manifests" \
    && validate "$manifests"; then
    echo "ok    helm/ci/$name.yaml"
  else
    fail "helm/ci/$name.yaml"
  fi
}

check_refused() { # WHAT, part of the MESSAGE, OPTION...
  local what=$1 message=$2
  shift 2
  if helm template gateway helm "$@" >/dev/null 2>"$work/refused"; then
    fail "the chart takes $what"
  elif ! grep -qF "$message" "$work/refused"; then
    cat "$work/refused" >&2
    fail "$what: refused for another reason than \"$message\""
  else
    echo "ok    refuses $what"
  fi
}

for values in helm/ci/*.yaml; do check_values "$values"; done

check_refused "an unknown value" "replicas" --set replicas=2
check_refused "two sources of the Redis connection string" "a node has one Redis" --set redis.configuration=a:6379 --set redis.existingSecret=b
check_refused "a Redis beside the one that is made" "a node has one Redis" --set redis.configuration=a:6379 --set redis.embedded.enabled=true
check_refused "two admin keys" "not both" --set admin.apiKey=an-operators-key --set admin.existingSecret=b
check_refused "an admin key that could be guessed" "admin" --set admin.apiKey=short
check_refused "two autoscalers" "not both" --set autoscaling.enabled=true --set keda.enabled=true
check_refused "an autoscaler without a target" "without a target" --set autoscaling.enabled=true --set autoscaling.targetCpuPercent=0
check_refused "more nodes at least than at most" "must not be above" --set autoscaling.enabled=true --set autoscaling.minReplicas=11 --set redis.existingSecret=b
check_refused "KEDA without a Prometheus" "keda.prometheusAddress" --set keda.enabled=true --set redis.existingSecret=b
check_refused "scaled nodes without Redis" "more than one node needs" --set autoscaling.enabled=true
check_refused "two sources of the certificate" "not both" --set tls.existingSecret=a --set tls.certificate.enabled=true
check_refused "a certificate for nobody" "tls.certificate.dnsNames" --set tls.certificate.enabled=true
check_refused "a route of no Gateway" "httpRoute.parentRefs" --set httpRoute.enabled=true
check_refused "the PROXY protocol from an ingress" "speaks HTTP" --set proxyProtocol=true --set 'config.trustedProxies={10.0.0.0/8}' --set ingress.enabled=true
check_refused "a host name that is none" "hosts" --set ingress.enabled=true --set 'ingress.hosts={https://example.com}'
check_refused "a boolean that is text" "enabled" --set-string ingress.enabled=true
check_refused "a base of runbooks that is no URL" "runbookBaseUrl" --set prometheusRule.runbookBaseUrl=docs
check_refused "a misspelt section" "autoscalling" --set autoscalling.enabled=true
check_refused "several nodes without Redis" "more than one node needs" --set replicaCount=2
check_refused "a stop that leaves no time to close connections" "must be below" --set drain.unreadyDelaySeconds=120
check_refused "certificates of clients without TLS" "needs tls.existingSecret" --set tls.clientCertificates=required
check_refused "a version of TLS that is none" "minimumVersion" --set-string tls.minimumVersion=1.1
check_refused "a time that is none" "interval" --set config.heartbeat.interval=soon
check_refused "the PROXY protocol from nobody" "needs config.trustedProxies" --set proxyProtocol=true
check_refused "a proxy that is no network" "trustedProxies" --set 'config.trustedProxies={proxy.example.com}'
check_refused "a ratio above one" "ratio" --set telemetry.otlp.endpoint=http://a:4318 --set telemetry.tracing.ratio=2
check_refused "keys of tokens in no Secret" "auth.jwt.existingSecret" --set 'auth.jwt.publicKeys={jwt.pub}'
check_refused "a Secret without keys of tokens" "auth.jwt.existingSecret" --set auth.jwt.existingSecret=keys
check_refused "keys of tokens that anybody on the way can change" "jwksUri" --set auth.jwt.jwksUri=http://issuer.example/keys
check_refused "an origin with a path" "allowedOrigins" --set 'auth.allowedOrigins={https://example.com/app}'
check_refused "traces for nobody" "needs telemetry.otlp.endpoint" --set telemetry.tracing.ratio=1
check_refused "two sources of the collector's headers" "not both" --set telemetry.otlp.endpoint=http://a:4318 --set telemetry.otlp.headers=a=b --set telemetry.otlp.existingSecret=c
check_refused "a log format that is none" "format" --set logging.format=xml
check_refused "rules among the options that need a restart" "rules" --set 'config.rules[0].pattern=b'
check_refused "a rule for nobody that there is" "subscribe" --set 'rules[0].pattern=a' --set 'rules[0].subscribe=everybody'
check_refused "a token for a publication" "publish" --set 'rules[0].pattern=a' --set 'rules[0].publish=token'
check_refused "subscription tokens without a key" "needs auth.subscriptionTokens" --set 'rules[0].pattern=a' --set 'rules[0].subscribe=token'
check_refused "a short key of subscription tokens" "hmacKey" --set auth.subscriptionTokens.hmacKey=short
check_refused "a rule that asks nobody" "needs authorizer.uri" --set 'rules[0].pattern=a' --set 'rules[0].publish=authorizer'
check_refused "a failure of an authorizer that is not asked" "asks no authorizer" --set 'rules[0].pattern=a' --set 'rules[0].authorizerFailure=allow'
check_refused "the secret of no authorizer" "authorizer needs authorizer.uri" --set authorizer.secret=a
check_refused "two secrets of the authorizer" "not both" --set authorizer.uri=https://a/ --set authorizer.secret=a --set authorizer.existingSecret=b
check_refused "a request that no node may take" "maxRequestBytes" --set config.handshake.maxRequestBytes=65536
check_refused "a request line that no request can hold" "maxRequestLineBytes" --set config.handshake.maxRequestLineBytes=65536
check_refused "a cookie that is none" "cookie" --set 'config.auth.cookie=a token'
check_refused "a prefix that Redis' names may not have" "prefix" --set redis.configuration=a:6379 --set redis.prefix=ä:
check_refused "an option that does not exist" "maxClients" --set config.limits.maxClients=5

check_refused "two passwords of Redis" "not both" --set redis.configuration=a:6379 --set redis.password=a --set redis.existingPasswordSecret=b
check_refused "a password of Redis in two places" "has a password already" --set 'redis.configuration=a:6379\,password=a' --set redis.password=b
check_refused "the password of no Redis" "where that Redis is" --set redis.password=a
check_refused "a label that is none" "commonLabels" --set commonLabels.team=1
check_refused "a container without an image" "image" --set 'extraContainers[0].name=a'
check_refused "a second container of the node's name" "extraContainers" --set 'extraContainers[0].name=gateway,extraContainers[0].image=a:1'
check_refused "a hook that Kubernetes does not know" "preStop" --set lifecycle.preStop.wait=5
check_refused "an object of no kind" "extraObjects" --set 'extraObjects[0].metadata.name=a'
check_refused "a registry that is a URL" "imageRegistry" --set global.imageRegistry=https://mirror.example.com/
check_refused "a timeout of a route that is none" "requestTimeout" --set httpRoute.requestTimeout=never
check_refused "to be left out by itself" "enabled is for a parent chart" --set enabled=false

check_refused "an image by half a digest" "digest" --set image.digest=sha256:0123
check_refused "a Redis by a digest that is none" "image" --set redis.embedded.enabled=true --set redis.embedded.image=redis@sha256:0123

if ./helm-readme.sh --check; then echo "ok    helm/README.md"; else fail "helm/README.md"; fi

render_deployment() { # NAME of the file, OPTION...
  helm template gateway helm --show-only templates/deployment.yaml "${@:2}" >"$work/$1" 2>"$work/notes" || { cat "$work/notes" >&2; fail "the deployment of $1"; }
}

# What a pod is annotated with can be read by many who may not read secrets: it says nothing of them, neither itself nor a digest.
secrets() { # VALUE: every secret that the chart takes
  echo "redis.configuration=redis:6379\\,password=$1,admin.apiKey=$1,telemetry.otlp.endpoint=http://a:4318,telemetry.otlp.headers=a=$1"
  echo "auth.subscriptionTokens.hmacKey=$1,authorizer.uri=https://a/,authorizer.secret=$1"
}
one=$(secrets 0123456789abcdef0123456789abcdef | paste -sd,)
other=$(secrets fedcba9876543210fedcba9876543210 | paste -sd,)
render_deployment one-secret --set "$one"
render_deployment another-secret --set "$other"
render_deployment another-revision --set "$one" --set secretsRevision=20260131
if [ -s "$work/one-secret" ] && cmp -s "$work/one-secret" "$work/another-secret"; then
  echo "ok    the pods tell nothing of a secret"
else
  fail "the pods tell something of a secret"
fi
if [ "$(diff "$work/one-secret" "$work/another-revision" | tail -n +2)" = '>         gateway/secrets-revision: "20260131"' ]; then
  echo "ok    another secretsRevision replaces the pods"
else
  fail "another secretsRevision does not replace the pods"
fi

# Rules and the log level are a file that the nodes read again: another rule, a first one or none at all must replace no pod, and reach them.
render_rules() { # NAME of the files, OPTION...
  render_deployment "$1" "${@:2}"
  helm template gateway helm --show-only templates/configmap.yaml "${@:2}" >"$work/$1-config" 2>/dev/null
}
render_rules no-rule
render_rules one-rule --set 'rules[0].pattern=a' --set logging.level=Debug
render_rules another-rule --set 'rules[0].pattern=b' --set logging.level=Debug
if cmp -s "$work/no-rule" "$work/one-rule" && cmp -s "$work/one-rule" "$work/another-rule" && ! cmp -s "$work/one-rule-config" "$work/another-rule-config" \
  && ! grep -qi 'Gateway__Rules\|Logging__LogLevel' "$work/one-rule-config"; then
  echo "ok    another rule replaces no pod"
else
  fail "another rule replaces the pods, or does not reach them"
fi
render_deployment another-option --set config.limits.maxConnections=5
if cmp -s "$work/no-rule" "$work/another-option"; then fail "another option does not replace the pods"; else echo "ok    another option replaces the pods"; fi

# As a part of another chart: left out by a condition, and otherwise with that chart's registry and labels in all of it.
mkdir -p "$work/parent/charts"
cat >"$work/parent/Chart.yaml" <<'YAML'
apiVersion: v2
name: parent
version: 1.0.0
dependencies:
  - name: gateway
    version: ">=0.0.0-0"
    condition: gateway.enabled
YAML
cat >"$work/parent/values.yaml" <<'YAML'
global:
  imageRegistry: mirror.example.com
  somethingElse: of the parent
gateway:
  enabled: true
  replicaCount: 2
  auth: {allowAnonymous: true}
  image: {repository: registry.example.com/realtime/gateway, pullSecrets: [{name: mirror}]}
  redis: {embedded: {enabled: true}}
  rules: [{pattern: news}]
  prometheusRule: {enabled: true, runbookBaseUrl: "https://git.example.com/gateway/blob/main/"}
  dashboards: {enabled: true}
  commonLabels: {team: realtime}
YAML
helm package helm --destination "$work/parent/charts" >/dev/null 2>"$work/notes" || { cat "$work/notes" >&2; fail "the package"; }
render_parent() { # NAME of the file, OPTION...
  helm template shop "$work/parent" "${@:2}" 2>"$work/notes" >"$work/$1" || { cat "$work/notes" >&2; fail "the chart as a part of another"; }
}
render_parent part
render_parent left-out --set gateway.enabled=false
count() { grep -cE -- "$1" "$work/part" || true; } # LINE
objects=$(count '^kind: ') images=$(count '^ +image: ')
if validate "$work/part" && [ "$objects" -gt 0 ] && ! grep -q '^kind: ' "$work/left-out"; then
  echo "ok    another chart has it as a part, and leaves it out by a condition"
else
  fail "the chart as a part of another"
fi
if [ "$images" -eq 3 ] && [ "$(count '^ +image: "?mirror\.example\.com/(realtime/gateway|redis|curlimages/curl)[:@]')" -eq 3 ] && [ "$(count '^ +imagePullSecrets:')" -eq 3 ]; then
  echo "ok    every image comes from the registry of all"
else
  fail "images from other registries than that of all"
fi
# Two of the objects are Deployments, whose pods have the labels too.
if [ "$(count '^ +team: realtime$')" -eq $((objects + 2)) ]; then echo "ok    every object has the labels of all"; else fail "$(count '^ +team: realtime$') of $((objects + 2)) labels of all"; fi

# Who reaches the embedded Redis: the two peers of the values file, and who is one of ours.
redis_peers=$(awk '/^kind: NetworkPolicy/ { policy = 1 } /^---/ { policy = 0; redis = 0; from = 0 }
  policy && /^  name: gateway-redis$/ { redis = 1 }
  redis && /^      from:/ { from = 1 } redis && from && /^        - / { peers++ } END { print peers + 0 }' "$work/embedded-redis.yaml")
if [ "$redis_peers" -eq 2 ]; then echo "ok    the embedded Redis has a network policy"; else fail "the network policy of the embedded Redis lets in $redis_peers peers, not 2"; fi

check_chart_has() { # WHAT, how many LINES of the watched chart match PATTERN
  local found
  found=$(grep -cE "$3" "$work/monitoring.yaml" || true)
  if [ "$found" -eq "$2" ]; then echo "ok    the chart has $1"; else fail "the chart has $1: $found of $2 found"; fi
}

dashboards=$(find grafana -name '*.json' | wc -l)
alerts=$(($(grep -c 'alert:' prometheus/rules.yaml) - 1)) # ci/monitoring.yaml leaves one out
check_chart_has "every dashboard" "$dashboards" '^  gateway-[a-z]+\.json: \|-$'
check_chart_has "every alert but the one that is left out" "$alerts" '^ +- alert: |^ +alert: '
check_chart_has "a runbook for each, as a full URL" "$alerts" '^ +runbook_url: https://git\.example\.com/gateway/blob/main/docs/operations\.md#gateway'

helm template gateway helm --show-only templates/prometheusrule.yaml --set prometheusRule.enabled=true >"$work/no-runbooks" 2>/dev/null
if grep -q 'alert:' "$work/no-runbooks" && ! grep -q runbook_url "$work/no-runbooks"; then echo "ok    no runbook by half a URL"; else fail "runbooks by half a URL"; fi

[ "$failures" -eq 0 ]
