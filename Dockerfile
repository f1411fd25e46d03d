FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source

# What a restore depends on comes first: its layer stays valid until a package changes.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY src/Gateway.Core/Gateway.Core.csproj src/Gateway.Core/
COPY src/Gateway/Gateway.csproj src/Gateway/
RUN dotnet restore src/Gateway

COPY .editorconfig BannedSymbols.txt ./
COPY src/ src/
COPY clients/javascript/gateway.js clients/javascript/
RUN dotnet publish src/Gateway --configuration Release --no-restore --output /app -p:UseAppHost=false

# No shell and no package manager: nothing that a node does not need.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
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
ENTRYPOINT ["dotnet", "Gateway.dll"]
