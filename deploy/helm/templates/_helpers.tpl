{{/* The chart's name. */}}
{{- define "gateway.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The name of the objects: 57 characters at most, since some get a suffix and a Service's name has 63. */}}
{{- define "gateway.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 57 | trimSuffix "-" }}
{{- else if contains (include "gateway.name" .) .Release.Name }}
{{- .Release.Name | trunc 57 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "gateway.name" .) | trunc 57 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Labels that never change in a release's life: a Deployment's selector is immutable. */}}
{{- define "gateway.selectorLabels" -}}
app.kubernetes.io/name: {{ include "gateway.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* An object's labels: (list . labels…) with what is asked for this object, or kind of object, in particular. */}}
{{- define "gateway.labels" -}}
{{- include "gateway.mergedLabels" (concat (list (include "gateway.selectorLabels" (first .))) (rest .) (list (first .).Values.commonLabels (include "gateway.chartLabels" (first .) | fromYaml))) }}
{{- end }}

{{/* A pod's: (list . labels…). Not the chart's version, since every pod that is replaced disconnects its clients. */}}
{{- define "gateway.podLabels" -}}
{{- include "gateway.mergedLabels" (concat (list (include "gateway.selectorLabels" (first .))) (rest .) (list (first .).Values.commonLabels)) }}
{{- end }}

{{/* Of what stands beside the nodes, (list . "redis"): a name of its own, so that no Service of the nodes selects it. */}}
{{- define "gateway.partSelectorLabels" -}}
app.kubernetes.io/name: {{ printf "%s-%s" (include "gateway.name" (first .) | trunc 57 | trimSuffix "-") (last .) }}
app.kubernetes.io/instance: {{ (first .).Release.Name }}
{{- end }}

{{- define "gateway.partLabels" -}}
{{- include "gateway.mergedLabels" (list (include "gateway.partSelectorLabels" .) (first .).Values.commonLabels (include "gateway.chartLabels" (first .) | fromYaml)) }}
{{- end }}

{{- define "gateway.partPodLabels" -}}
{{- include "gateway.mergedLabels" (list (include "gateway.partSelectorLabels" .) (first .).Values.commonLabels) }}
{{- end }}

{{/* What a selector wants, and under it label by label what comes first in the list. */}}
{{- define "gateway.mergedLabels" -}}
{{- $labels := first . | fromYaml }}
{{- range rest . }}
{{- $labels = merge $labels . }}
{{- end }}
{{- toYaml $labels }}
{{- end }}

{{- define "gateway.chartLabels" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "gateway.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "gateway.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "gateway.image" -}}
{{- if .Values.image.digest }}
{{- include "gateway.fromRegistry" (list . (printf "%s@%s" .Values.image.repository .Values.image.digest)) }}
{{- else }}
{{- include "gateway.fromRegistry" (list . (printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag))) }}
{{- end }}
{{- end }}

{{/* An image, (list . "redis:7.4"), from the registry for all of them. A name begins with a registry where its first part has a dot or a port. */}}
{{- define "gateway.fromRegistry" -}}
{{- with (first .).Values.global.imageRegistry }}
{{- printf "%s/%s" (trimSuffix "/" .) (regexReplaceAll "^([^/]*[.:][^/]*|localhost)/" (last $) "") }}
{{- else }}
{{- last . }}
{{- end }}
{{- end }}

{{/* Most nodes that there may be. */}}
{{- define "gateway.maxNodes" -}}
{{- if .Values.autoscaling.enabled }}{{ int .Values.autoscaling.maxReplicas }}
{{- else if .Values.keda.enabled }}{{ int .Values.keda.maxReplicas }}
{{- else }}{{ int .Values.replicaCount }}
{{- end }}
{{- end }}

{{/* Whether there is a Redis; empty: there is none. */}}
{{- define "gateway.hasRedis" -}}
{{- if or (include "gateway.redisSecret" .) .Values.redis.embedded.enabled }}yes{{ end }}
{{- end }}

{{/* Where the certificate with which nodes speak TLS lies; empty: they do not. */}}
{{- define "gateway.tlsSecret" -}}
{{- if .Values.tls.existingSecret }}
{{- .Values.tls.existingSecret }}
{{- else if .Values.tls.certificate.enabled }}
{{- include "gateway.fullname" . }}-tls
{{- end }}
{{- end }}

{{/* Where the Redis connection string lies; empty without one. */}}
{{- define "gateway.redisSecret" -}}
{{- if .Values.redis.existingSecret }}
{{- .Values.redis.existingSecret }}
{{- else if .Values.redis.configuration }}
{{- include "gateway.fullname" . }}
{{- end }}
{{- end }}

{{/* Where Redis's password lies, if it is not in the connection string; empty without one. */}}
{{- define "gateway.redisPasswordSecret" -}}
{{- if .Values.redis.existingPasswordSecret }}
{{- .Values.redis.existingPasswordSecret }}
{{- else if .Values.redis.password }}
{{- include "gateway.fullname" . }}
{{- end }}
{{- end }}

{{/* Where the keys of the admin side lie; empty without any. */}}
{{- define "gateway.adminSecret" -}}
{{- if .Values.admin.existingSecret }}
{{- .Values.admin.existingSecret }}
{{- else if or .Values.admin.apiKey .Values.admin.publishKey .Values.admin.readKey }}
{{- include "gateway.fullname" . }}
{{- end }}
{{- end }}

{{/* The key in that Secret of a key that may publish, an operator's only where there is no other; empty without any. */}}
{{- define "gateway.publishSecretKey" -}}
{{- with .Values.admin }}
{{- if .existingSecret }}
{{- .existingSecretPublishKey | default .existingSecretKey }}
{{- else if .publishKey -}}
admin-publish-key
{{- else if .apiKey -}}
admin-api-key
{{- end }}
{{- end }}
{{- end }}

{{/* Where the key of subscription tokens lies; empty without one. */}}
{{- define "gateway.subscriptionTokenSecret" -}}
{{- if .Values.auth.subscriptionTokens.existingSecret }}
{{- .Values.auth.subscriptionTokens.existingSecret }}
{{- else if .Values.auth.subscriptionTokens.hmacKey }}
{{- include "gateway.fullname" . }}
{{- end }}
{{- end }}

{{/* Where the authorizer's secret lies; empty without one. */}}
{{- define "gateway.authorizerSecret" -}}
{{- if .Values.authorizer.existingSecret }}
{{- .Values.authorizer.existingSecret }}
{{- else if .Values.authorizer.secret }}
{{- include "gateway.fullname" . }}
{{- end }}
{{- end }}

{{/* Where the collector's headers lie; empty without any. */}}
{{- define "gateway.otlpSecret" -}}
{{- if .Values.telemetry.otlp.existingSecret }}
{{- .Values.telemetry.otlp.existingSecret }}
{{- else if .Values.telemetry.otlp.headers }}
{{- include "gateway.fullname" . }}
{{- end }}
{{- end }}

{{/* Seconds as .NET writes a time. */}}
{{- define "gateway.time" -}}
{{- $seconds := int . }}
{{- printf "%02d:%02d:%02d" (div $seconds 3600) (div (mod $seconds 3600) 60) (mod $seconds 60) }}
{{- end }}

{{/* A value as .NET reads it. Helm holds numbers as floats, which would print a large one as 1.048576e+06. */}}
{{- define "gateway.scalar" -}}
{{- if kindIs "float64" . }}
{{- if eq (float64 (int64 .)) . }}{{ int64 . }}{{ else }}{{ . }}{{ end }}
{{- else }}
{{- . }}
{{- end }}
{{- end }}

{{/* A tree of options as environment variables: (list "Gateway" tree) gives Gateway__Limits__MaxConnections: "1000" and so on. */}}
{{- define "gateway.options" -}}
{{- $name := index . 0 }}
{{- $value := index . 1 }}
{{- if kindIs "map" $value }}
{{- range $key, $child := $value }}
{{- $option := printf "%s%s" ($key | trunc 1 | upper) ($key | substr 1 (len $key)) }}
{{- include "gateway.options" (list (printf "%s__%s" $name $option) $child) }}
{{- end }}
{{- else if kindIs "slice" $value }}
{{- range $index, $child := $value }}
{{- include "gateway.options" (list (printf "%s__%d" $name $index) $child) }}
{{- end }}
{{- else if not (kindIs "invalid" $value) }}
{{ $name }}: {{ include "gateway.scalar" $value | quote }}
{{- end }}
{{- end }}

{{/* The file of a node: what it takes up while it runs. A variable of the environment would win over it. */}}
{{- define "gateway.file" -}}
{{- $gateway := dict }}
{{- with .Values.rules }}
{{- $gateway = dict "Rules" . }}
{{- end }}
{{- dict "Logging" (dict "LogLevel" (dict "Gateway" .Values.logging.level)) "Gateway" $gateway | toPrettyJson }}
{{- end }}

{{/* The environment of a node, read once, at its start, without what is secret. */}}
{{- define "gateway.environment" -}}
Gateway__Endpoints__0__Address: {{ printf "%s:8080" .Values.listenAddress | quote }}
Gateway__Endpoints__0__ProxyProtocol: {{ .Values.proxyProtocol | quote }}
{{- with .Values.tls }}
{{- if include "gateway.tlsSecret" $ }}
Gateway__Endpoints__0__Tls__CertificatePath: {{ printf "/etc/gateway/tls/%s" .certificateKey | quote }}
Gateway__Endpoints__0__Tls__KeyPath: {{ printf "/etc/gateway/tls/%s" .privateKeyKey | quote }}
Gateway__Endpoints__0__Tls__MinimumVersion: {{ .minimumVersion | quote }}
{{- if ne .clientCertificates "none" }}
Gateway__Endpoints__0__Tls__ClientCertificates: {{ .clientCertificates | quote }}
Gateway__Endpoints__0__Tls__ClientCaPath: {{ printf "/etc/gateway/tls/%s" .clientCaKey | quote }}
{{- end }}
{{- end }}
{{- end }}
Gateway__Admin__Address: {{ printf "%s:8081" .Values.listenAddress | quote }}
Gateway__Auth__AllowAnonymous: {{ .Values.auth.allowAnonymous | quote }}
{{- range $index, $origin := .Values.auth.allowedOrigins }}
Gateway__Auth__AllowedOrigins__{{ $index }}: {{ $origin | quote }}
{{- end }}
{{- range $index, $host := .Values.auth.allowedHosts }}
Gateway__Auth__AllowedHosts__{{ $index }}: {{ $host | quote }}
{{- end }}
{{- with .Values.auth.jwt }}
{{- with .publicKeys }}
Gateway__Auth__Jwt__PublicKeyPath: {{ printf "/etc/gateway/jwt/%s" (join ",/etc/gateway/jwt/" .) | quote }}
{{- end }}
{{- with .hmacKeys }}
Gateway__Auth__Jwt__HmacKeyPath: {{ printf "/etc/gateway/jwt/%s" (join ",/etc/gateway/jwt/" .) | quote }}
{{- end }}
{{- with .jwksUri }}
Gateway__Auth__Jwt__JwksUri: {{ . | quote }}
{{- end }}
{{- with .issuer }}
Gateway__Auth__Jwt__Issuer: {{ . | quote }}
{{- end }}
{{- with .audience }}
Gateway__Auth__Jwt__Audience: {{ . | quote }}
{{- end }}
{{- end }}
{{- with .Values.authorizer }}
{{- if .uri }}
Gateway__Authorizer__Uri: {{ .uri | quote }}
Gateway__Authorizer__Timeout: {{ .timeout | quote }}
Gateway__Authorizer__FailOpen: {{ .failOpen | quote }}
Gateway__Authorizer__MaxConcurrent: {{ int .maxConcurrent | quote }}
Gateway__Authorizer__MaxConcurrentPerAsker: {{ int .maxConcurrentPerAsker | quote }}
Gateway__Authorizer__MaxConcurrentPerConnection: {{ int .maxConcurrentPerConnection | quote }}
{{- with .maxWaiting }}
Gateway__Authorizer__MaxWaiting: {{ int . | quote }}
{{- end }}
{{- with .maxWait }}
Gateway__Authorizer__MaxWait: {{ . | quote }}
{{- end }}
Gateway__Authorizer__CacheSize: {{ int .cacheSize | quote }}
{{- with .refusalMemory }}
Gateway__Authorizer__RefusalMemory: {{ . | quote }}
{{- end }}
{{- with .maxRefusals }}
Gateway__Authorizer__MaxRefusals: {{ int . | quote }}
{{- end }}
{{- end }}
{{- end }}
Gateway__Drain__Timeout: {{ include "gateway.time" .Values.drain.timeoutSeconds | quote }}
Gateway__Drain__UnreadyDelay: {{ include "gateway.time" .Values.drain.unreadyDelaySeconds | quote }}
Gateway__Drain__Rate: {{ int .Values.drain.rate | quote }}
Gateway__Cluster__AcceptRate: {{ int .Values.cluster.acceptRate | quote }}
Gateway__Rebalance__Within: {{ include "gateway.time" .Values.rebalance.withinSeconds | quote }}
{{- with .Values.telemetry }}
{{- if .otlp.endpoint }}
Gateway__Telemetry__Otlp__Endpoint: {{ .otlp.endpoint | quote }}
Gateway__Telemetry__Otlp__Protocol: {{ .otlp.protocol | quote }}
Gateway__Telemetry__Otlp__Metrics: {{ .otlp.metrics | quote }}
Gateway__Telemetry__Tracing__Ratio: {{ .tracing.ratio | quote }}
Gateway__Telemetry__Tracing__ArrivalRatio: {{ .tracing.arrivalRatio | quote }}
Gateway__Telemetry__Tracing__MaxPerSecond: {{ int .tracing.maxPerSecond | quote }}
{{- end }}
{{- end }}
Logging__Console__FormatterName: {{ .Values.logging.format | quote }}
{{- if include "gateway.hasRedis" . }}
{{- if .Values.redis.embedded.enabled }}
Gateway__Redis__Configuration: {{ printf "%s-redis:6379" (include "gateway.fullname" .) | quote }}
{{- end }}
{{- if include "gateway.redisPasswordSecret" . }}
Gateway__Redis__PasswordPath: /etc/gateway/redis/password
{{- end }}
Gateway__Redis__Prefix: {{ .Values.redis.prefix | quote }}
Gateway__Redis__UnreadyAfter: {{ include "gateway.time" .Values.redis.unreadyAfterSeconds | quote }}
{{- end }}
{{- include "gateway.options" (list "Gateway" .Values.config) }}
{{- end }}

{{/* What the schema cannot say: contradictions between values. */}}
{{- define "gateway.validate" -}}
{{- if not .Values.enabled }}
{{- fail "enabled is for a parent chart: name it there as the condition of the dependency, or nothing is left out by it" }}
{{- end }}
{{- if gt (len (compact (list .Values.redis.configuration .Values.redis.existingSecret (ternary "embedded" "" .Values.redis.embedded.enabled)))) 1 }}
{{- fail "set one of redis.configuration, redis.existingSecret and redis.embedded.enabled: a node has one Redis" }}
{{- end }}
{{- with .Values.redis }}
{{- if and .password .existingPasswordSecret }}
{{- fail "set redis.password or redis.existingPasswordSecret, not both" }}
{{- end }}
{{- if and (or .password .existingPasswordSecret) (not (or .configuration .existingSecret)) }}
{{- fail "redis.password and redis.existingPasswordSecret go with redis.configuration or redis.existingSecret: where that Redis is" }}
{{- end }}
{{- if and (or .password .existingPasswordSecret) (regexMatch "(?i)(^|,) *password *=|^rediss?://[^/]*:[^/]+@" .configuration) }}
{{- fail "redis.configuration has a password already: leave it out there, or leave out redis.password and redis.existingPasswordSecret" }}
{{- end }}
{{- if and (or .password .existingPasswordSecret) (dig "redis" "passwordPath" "" $.Values.config) }}
{{- fail "set config.redis.passwordPath, or redis.password or redis.existingPasswordSecret, not both" }}
{{- end }}
{{- end }}
{{- if and .Values.admin.apiKey .Values.admin.existingSecret }}
{{- fail "set admin.apiKey or admin.existingSecret, not both" }}
{{- end }}
{{- if and (or .Values.admin.publishKey .Values.admin.readKey) .Values.admin.existingSecret }}
{{- fail "with admin.existingSecret, name the keys in it: admin.existingSecretPublishKey, admin.existingSecretReadKey" }}
{{- end }}
{{- if and (or .Values.admin.existingSecretPublishKey .Values.admin.existingSecretReadKey) (not .Values.admin.existingSecret) }}
{{- fail "admin.existingSecretPublishKey and admin.existingSecretReadKey go with admin.existingSecret: the Secret, and the keys in it" }}
{{- end }}
{{- with .Values.auth.jwt }}
{{- if ne (not .existingSecret) (not (or .publicKeys .hmacKeys)) }}
{{- fail "auth.jwt.existingSecret goes with auth.jwt.publicKeys or auth.jwt.hmacKeys: the Secret, and the keys in it" }}
{{- end }}
{{- end }}
{{- with .Values.auth.subscriptionTokens }}
{{- if and .hmacKey .existingSecret }}
{{- fail "set auth.subscriptionTokens.hmacKey or auth.subscriptionTokens.existingSecret, not both" }}
{{- end }}
{{- end }}
{{- with .Values.authorizer }}
{{- if and .secret .existingSecret }}
{{- fail "set authorizer.secret or authorizer.existingSecret, not both" }}
{{- end }}
{{- if and (not .uri) (or .secret .existingSecret .failOpen) }}
{{- fail "authorizer needs authorizer.uri: without, nobody is asked" }}
{{- end }}
{{- if and (or .secret .existingSecret) (hasPrefix "http://" .uri) (not (regexMatch "^http://(localhost|127\\.[0-9.]+|\\[::1\\])(:[0-9]+)?(/|$)" .uri)) }}
{{- fail "authorizer.uri must be https where there is a secret: everybody on the way could read it" }}
{{- end }}
{{- end }}
{{- range $rule := .Values.rules }}
{{- if and (eq (default "" $rule.subscribe) "token") (not (include "gateway.subscriptionTokenSecret" $)) }}
{{- fail (printf "the rule for '%s' needs auth.subscriptionTokens.hmacKey or existingSecret: without a key nobody could subscribe" $rule.pattern) }}
{{- end }}
{{- $asks := or (eq (default "" $rule.subscribe) "authorizer") (eq (default "" $rule.publish) "authorizer") }}
{{- if and $asks (not $.Values.authorizer.uri) }}
{{- fail (printf "the rule for '%s' needs authorizer.uri: there is no backend to ask" $rule.pattern) }}
{{- end }}
{{- if and (ne (default "inherit" $rule.authorizerFailure) "inherit") (not $asks) }}
{{- fail (printf "the rule for '%s' has authorizerFailure, but asks no authorizer" $rule.pattern) }}
{{- end }}
{{- end }}
{{- with .Values.telemetry }}
{{- if and .otlp.headers .otlp.existingSecret }}
{{- fail "set telemetry.otlp.headers or telemetry.otlp.existingSecret, not both" }}
{{- end }}
{{- if and (not .otlp.endpoint) (or .otlp.metrics .otlp.headers .otlp.existingSecret .tracing.ratio .tracing.arrivalRatio) }}
{{- fail "telemetry needs telemetry.otlp.endpoint: without, traces and metrics are sent nowhere" }}
{{- end }}
{{- end }}
{{- if and .Values.autoscaling.enabled .Values.keda.enabled }}
{{- fail "set autoscaling.enabled or keda.enabled, not both: KEDA makes a HorizontalPodAutoscaler of its own" }}
{{- end }}
{{- if and .Values.autoscaling.enabled (not .Values.autoscaling.targetConnections) (not .Values.autoscaling.targetCpuPercent) }}
{{- fail "autoscaling.enabled needs autoscaling.targetConnections or autoscaling.targetCpuPercent: without a target nothing is scaled" }}
{{- end }}
{{- range $kind, $scaler := dict "autoscaling" .Values.autoscaling "keda" .Values.keda }}
{{- if and $scaler.enabled (gt (int $scaler.minReplicas) (int $scaler.maxReplicas)) }}
{{- fail (printf "%s.minReplicas must not be above %s.maxReplicas" $kind $kind) }}
{{- end }}
{{- end }}
{{- if and .Values.keda.enabled (not .Values.keda.prometheusAddress) }}
{{- fail "keda.enabled needs keda.prometheusAddress: the connections are counted there" }}
{{- end }}
{{- if and (gt (int (include "gateway.maxNodes" .)) 1) (not (include "gateway.hasRedis" .)) }}
{{- fail "more than one node needs redis.configuration, redis.existingSecret or redis.embedded.enabled: nodes without Redis do not see each other's publications" }}
{{- end }}
{{- if and .Values.proxyProtocol (not .Values.config.trustedProxies) }}
{{- fail "proxyProtocol needs config.trustedProxies: without, nobody may send the header, and no client could connect" }}
{{- end }}
{{- if and .Values.tls.existingSecret .Values.tls.certificate.enabled }}
{{- fail "set tls.existingSecret or tls.certificate.enabled, not both" }}
{{- end }}
{{- if and .Values.tls.certificate.enabled (or (not .Values.tls.certificate.dnsNames) (not .Values.tls.certificate.issuerRef.name)) }}
{{- fail "tls.certificate.enabled needs tls.certificate.dnsNames and tls.certificate.issuerRef.name: whom the certificate is for, and who issues it" }}
{{- end }}
{{- if and (ne .Values.tls.clientCertificates "none") (not (include "gateway.tlsSecret" .)) }}
{{- fail "tls.clientCertificates needs tls.existingSecret or tls.certificate.enabled: plain connections carry no certificates" }}
{{- end }}
{{- if and .Values.proxyProtocol (or .Values.ingress.enabled .Values.httpRoute.enabled) }}
{{- fail "proxyProtocol is for load balancers that pass TCP: an Ingress or HTTPRoute speaks HTTP and names clients in a header; set config.trustedProxies only" }}
{{- end }}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) }}
{{- fail "httpRoute.enabled needs httpRoute.parentRefs: the Gateway that the route belongs to" }}
{{- end }}
{{- if ge (int .Values.drain.unreadyDelaySeconds) (int .Values.drain.timeoutSeconds) }}
{{- fail "drain.unreadyDelaySeconds must be below drain.timeoutSeconds, or no time is left to close connections" }}
{{- end }}
{{- end }}
