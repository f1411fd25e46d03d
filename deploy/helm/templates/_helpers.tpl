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

{{- define "gateway.labels" -}}
{{ include "gateway.selectorLabels" . }}
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
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{/* Where the Redis connection string lies; empty without Redis. */}}
{{- define "gateway.redisSecret" -}}
{{- if .Values.redis.existingSecret }}
{{- .Values.redis.existingSecret }}
{{- else if .Values.redis.configuration }}
{{- include "gateway.fullname" . }}
{{- end }}
{{- end }}

{{/* Where the admin key lies; empty without one. */}}
{{- define "gateway.adminSecret" -}}
{{- if .Values.admin.existingSecret }}
{{- .Values.admin.existingSecret }}
{{- else if .Values.admin.apiKey }}
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

{{/* The environment of a node, without what is secret. */}}
{{- define "gateway.environment" -}}
Gateway__Endpoints__0__Address: {{ printf "%s:8080" .Values.listenAddress | quote }}
Gateway__Endpoints__0__ProxyProtocol: {{ .Values.proxyProtocol | quote }}
{{- with .Values.tls }}
{{- if .existingSecret }}
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
Gateway__Shutdown__Timeout: {{ include "gateway.time" .Values.shutdown.timeoutSeconds | quote }}
Gateway__Shutdown__UnreadyDelay: {{ include "gateway.time" .Values.shutdown.unreadyDelaySeconds | quote }}
{{- if include "gateway.redisSecret" . }}
Gateway__Redis__Prefix: {{ .Values.redis.prefix | quote }}
Gateway__Redis__UnreadyAfter: {{ include "gateway.time" .Values.redis.unreadyAfterSeconds | quote }}
{{- end }}
{{- include "gateway.options" (list "Gateway" .Values.config) }}
{{- end }}

{{/* What the schema cannot say: contradictions between values. */}}
{{- define "gateway.validate" -}}
{{- if and .Values.redis.configuration .Values.redis.existingSecret }}
{{- fail "set redis.configuration or redis.existingSecret, not both" }}
{{- end }}
{{- if and .Values.admin.apiKey .Values.admin.existingSecret }}
{{- fail "set admin.apiKey or admin.existingSecret, not both" }}
{{- end }}
{{- if and (gt (int .Values.replicaCount) 1) (not (include "gateway.redisSecret" .)) }}
{{- fail "replicaCount above 1 needs redis.configuration or redis.existingSecret: nodes without Redis do not see each other's publications" }}
{{- end }}
{{- if and .Values.proxyProtocol (not .Values.config.trustedProxies) }}
{{- fail "proxyProtocol needs config.trustedProxies: without, nobody may send the header, and no client could connect" }}
{{- end }}
{{- if and (ne .Values.tls.clientCertificates "none") (not .Values.tls.existingSecret) }}
{{- fail "tls.clientCertificates needs tls.existingSecret: plain connections carry no certificates" }}
{{- end }}
{{- if ge (int .Values.shutdown.unreadyDelaySeconds) (int .Values.shutdown.timeoutSeconds) }}
{{- fail "shutdown.unreadyDelaySeconds must be below shutdown.timeoutSeconds, or no time is left to close connections" }}
{{- end }}
{{- end }}
