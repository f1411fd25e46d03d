#!/usr/bin/env bash
# Writes the chart's README: what it is, and a table of the values with the comments and defaults of values.yaml. With --check, says
# whether the one that is there is up to date.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

write() {
  cat <<'TXT'
# The chart of Gateway

The image first, built here and brought to where the cluster's nodes find it: loaded into a local cluster, or pushed to a registry, which
`image.repository` then names.

```sh
docker build -t gateway:0.1.0 .
kind load docker-image gateway:0.1.0   # or: minikube image load gateway:0.1.0; or: docker tag and docker push
```
```sh
helm install gateway deploy/helm --wait --set auth.allowAnonymous=true --set redis.embedded.enabled=true --set replicaCount=2 \
  --set admin.apiKey=$(openssl rand -hex 32)
helm test gateway
```

Two nodes and a Redis for a try-out, once `--wait` has seen them ready; the notes that follow the installation tell how to subscribe and publish. [ci](ci) holds values for
other cases, such as [production](ci/production.yaml); each is rendered and validated with every change. A value that is misspelt,
or contradicts another, is refused with the reason. [Operations](../../docs/operations.md) tells the rest.

`helm test` subscribes as a client, publishes with the admin key and waits until the publication arrives; without a key, or without a token where clients need one
(`test.existingSecret`), it checks what is left and says so. Rules about channels and the log level are a file that the nodes read again: changing them replaces no pod.

As a part of another chart, with a condition and that chart's registry for images:

```yaml
dependencies: # Chart.yaml
  - name: gateway
    version: 0.1.0
    repository: file://../gateway/deploy/helm
    condition: gateway.enabled
```

```yaml
global: # values.yaml
  imageRegistry: mirror.example.com
gateway:
  enabled: true
  auth:
    allowAnonymous: true
```

The alerts and dashboards are those of `deploy/prometheus` and `deploy/grafana`, to which `rules` and `dashboards` are links; `helm package`
follows them.

## Values

Written by `deploy/helm-readme.sh` from [values.yaml](values.yaml).

| value | default | meaning |
| --- | --- | --- |
TXT
  awk '
    /^ *# / { text = $0; sub(/^ *# /, "", text)
      # An example has more blanks in front, and belongs to values.yaml alone.
      if (text !~ /^ /) comment = comment (comment == "" ? "" : " ") text
      next }
    /^ *- / || /^ *$/ { comment = ""; next }
    match($0, /^ *[A-Za-z0-9_]+:/) {
      indent = match($0, /[^ ]/) - 1
      key = $0; sub(/^ */, "", key); sub(/:.*/, "", key)
      value = $0; sub(/^[^:]*: */, "", value); if (value ~ /^ *[A-Za-z0-9_]+:$/) value = ""
      depth = indent / 2; path[depth] = key
      if (comment == "") next
      name = path[0]; for (i = 1; i <= depth; i++) name = name "." path[i]
      gsub(/\|/, "\\|", comment)
      printf "| `%s` | %s | %s |\n", name, (value == "" ? "see values.yaml" : "`" value "`"), comment
      comment = ""
    }' helm/values.yaml
}

if [ "${1:-}" = --check ]; then
  cmp -s <(write) helm/README.md || { echo "deploy/helm/README.md is not what values.yaml says: run deploy/helm-readme.sh" >&2; exit 1; }
else
  write >helm/README.md
fi
