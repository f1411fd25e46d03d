using System.Net;
using Gateway.Load.Client;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Floods;

/// <summary>A node for one flood, and what it needs beside it: a certificate, or a backend that is asked who may.</summary>
internal sealed class FloodNode : IDisposable
{
    private readonly LoopbackCertificate? _certificate;
    private readonly AuthorizerBackend? _backend;

    public FloodNode(Loop loop, TargetSettings settings, Flood flood)
    {
        _certificate = flood.IsTls ? new LoopbackCertificate() : null;
        _backend = flood.HasBackend ? new AuthorizerBackend() : null;
        try
        {
            Target = new Target(loop, settings, [.. flood.NodeOptions, .. OwnOptions()]);
            Attacked = flood.IsTls ? Target.RequiredAdmin.EndPoints()[1] : Target.EndPoint;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Target Target { get; } = null!;

    /// <summary>Where attackers go to; listeners are at the target's first endpoint, without TLS.</summary>
    public IPEndPoint Attacked { get; } = null!;

    public void Dispose()
    {
        Target?.Dispose();
        _backend?.Dispose();
        _certificate?.Dispose();
    }

    private IEnumerable<(string, string)> OwnOptions()
    {
        if (_certificate is not null)
        {
            yield return ("Gateway:Endpoints:1:Address", "127.0.0.1:0");
            yield return ("Gateway:Endpoints:1:Tls:CertificatePath", _certificate.CertificatePath);
            yield return ("Gateway:Endpoints:1:Tls:KeyPath", _certificate.KeyPath);
        }

        if (_backend is not null)
        {
            yield return ("Gateway:Authorizer:Uri", _backend.Uri);
            yield return ("Gateway:Rules:0:Pattern", AuthorizerBackend.Asked + "*");
            yield return ("Gateway:Rules:0:Subscribe", "authorizer");
            yield return ("Gateway:Rules:1:Pattern", "*");
        }
    }
}
