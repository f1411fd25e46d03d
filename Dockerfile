# syntax=docker/dockerfile:1
# The base images, for builds that are to be the same tomorrow by digest, such as
# --build-arg SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0-noble@sha256:…; docs/operations.md tells how to find it.
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0-noble
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled

FROM ${SDK_IMAGE} AS build
WORKDIR /source
# What the native compiler links with.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends clang zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*

# What a restore depends on comes first: its layer stays valid until a package changes.
COPY global.json Directory.Build.props Directory.Build.targets Directory.Packages.props ./
COPY src/Gateway.Core/Gateway.Core.csproj src/Gateway.Core/packages.*.lock.json src/Gateway.Core/
COPY src/Gateway/Gateway.csproj src/Gateway/packages.*.lock.json src/Gateway/
RUN dotnet restore src/Gateway --use-current-runtime -p:PublishAot=true --locked-mode

COPY .editorconfig BannedSymbols.txt ./
COPY src/ src/
COPY clients/javascript/gateway.js clients/javascript/
COPY clients/javascript/lib/ clients/javascript/lib/
ARG VERSION
RUN dotnet publish src/Gateway --configuration Release --no-restore --use-current-runtime -p:PublishAot=true -p:DebugType=none \
    ${VERSION:+-p:Version=$VERSION} --output /app

# One program and what it links with: no shell, no package manager, no runtime. docs/decisions/0010-native-image.md says why.
FROM ${RUNTIME_IMAGE}
ARG VERSION
ARG REVISION
ARG CREATED
LABEL org.opencontainers.image.title="Gateway" \
      org.opencontainers.image.description="Pushes what is published to Redis channels to a very large number of WebSocket clients" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED"
WORKDIR /app
COPY --from=build /app .

# Two ports of our own and not the base image's one. Inside a container, loopback would reach nobody: the admin side listens
# everywhere too, so keep 8081 away from clients; its API answers 403 until Gateway__Admin__ApiKey is set.
# Whether clients need credentials is for whoever runs the image to say, with Gateway__Auth__AllowAnonymous.
ENV ASPNETCORE_HTTP_PORTS="" \
    Gateway__Admin__Address="[::]:8081" \
    DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 \
    # The diagnostics socket would need a writable /tmp; the root file system may be read-only.
    DOTNET_EnableDiagnostics=0
EXPOSE 8080 8081
USER $APP_UID
ENTRYPOINT ["/app/Gateway"]
