using System.Text;
using BenchmarkDotNet.Attributes;
using Gateway.Core.Handshake;
using Gateway.Core.Options;

namespace Gateway.Benchmarks;

/// <summary>A browser's upgrade request: its head read, the whole judged, and the response written.</summary>
public class UpgradeBenchmarks
{
    private readonly HandshakeOptions _options = new();
    private readonly byte[] _bytes = Encoding.ASCII.GetBytes(
        "GET /?session=42 HTTP/1.1\r\nHost: push.example.com\r\nConnection: Upgrade\r\nPragma: no-cache\r\nCache-Control: no-cache\r\n"
        + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36\r\n"
        + "Upgrade: websocket\r\nOrigin: https://www.example.com\r\nSec-WebSocket-Version: 13\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
        + "Accept-Language: en-GB,en;q=0.9\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: gateway.v1\r\n"
        + "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n");
    private UpgradeRequest _request = null!;

    [GlobalSetup]
    public void Setup() => _request = ReadAndJudge();

    [Benchmark]
    public int ReadHead()
    {
        var progress = default(RequestProgress);
        return RequestHead.TryRead(_bytes, _options, ref progress, out _, out _, out var consumed) == HandshakeStatus.Upgrade ? consumed : throw Unexpected();
    }

    [Benchmark]
    public object Read() => ReadAndJudge();

    [Benchmark]
    public byte[] Accept() => UpgradeResponse.Accept(_request, "gateway.v1", null);

    private UpgradeRequest ReadAndJudge() =>
        Upgrade.TryRead(_bytes, _options, out var request, out _, out _, out _) == HandshakeStatus.Upgrade ? request! : throw Unexpected();

    private static InvalidOperationException Unexpected() => new("Not an upgrade.");
}
