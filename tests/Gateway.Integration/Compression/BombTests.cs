using System.Globalization;
using Gateway.Core.Framing;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Compression;

/// <summary>1 GiB of zeros, deflated to 1 MiB, sent to a process of its own, whose memory nobody else takes.</summary>
public sealed class BombTests : IDisposable
{
    private const int MaxMessageBytes = 4 << 20;

    // Beside the buffer of the limit: those before it, half a MiB together over TLS, whose records are small, and what the runtime does
    // of its own at that moment, which a busy machine delays and so makes more. What a message takes to the byte, CompressedMemoryTests
    // in Gateway.Core.Tests says; a gateway that went on behind its limit would take a thousand MiB.
    private const int Breath = 12 << 20;
    private const int MostWarmUps = 10; // rounds

    private static readonly byte[] Bomb = DeflateZeros(mebibytes: 1024);

    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Theory]
    [InlineData(1, false)]
    [InlineData(16, false)]
    [InlineData(1, true)]
    [InlineData(16, true)]
    public async Task Bomb_OfOneGibibyte_EndsWith1009AndTakesNoMoreThanTheLimit(int fragments, bool overTls)
    {
        Assert.InRange(Bomb.Length, 900_000, 1_200_000);
        await using var host = await StartAsync(overTls);
        await WarmUpAsync(host, overTls);
        await using var client = await OpenAsync(host, overTls);
        var peak = new PeakMemory(host.Id);

        await client.SendRawAsync(Frames(fragments));

        Assert.Equal(1009, (await client.ReceiveCloseAsync()).Code);
        Assert.InRange(peak.Growth, 0, MaxMessageBytes + Breath);
        await EchoAsync(host, overTls);
    }

    /// <summary>
    /// Small messages until they take nothing more: the compiler's second tier works behind the first calls, and a heap grows to its
    /// budget. Nothing of a message of the limit's size is in it.
    /// </summary>
    private async Task WarmUpAsync(HostProcess host, bool overTls)
    {
        for (var round = 0; round < MostWarmUps; round++)
        {
            var peak = new PeakMemory(host.Id);
            for (var i = 0; i < 50; i++)
                await EchoAsync(host, overTls);
            if (peak.Growth < 128 << 10)
                return;
        }
    }

    private async Task EchoAsync(HostProcess host, bool overTls)
    {
        await using var client = await OpenAsync(host, overTls);
        await client.SendRawAsync(WsClient.Frame(Opcode.Text, [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], rsv: FrameHeader.Rsv1));
        Assert.Equal("Hello"u8.ToArray(), (await client.ReceiveAsync())!.Value.Payload);
        // What cannot be decompressed ends as what is too much does.
        await client.SendRawAsync(WsClient.Frame(Opcode.Text, [0x07], rsv: FrameHeader.Rsv1));
        Assert.Equal(1007, (await client.ReceiveCloseAsync()).Code);
    }

    private async Task<HostProcess> StartAsync(bool overTls)
    {
        string[] options =
        [
            "--Gateway:Echo:Enabled=true",
            $"--Gateway:Limits:MaxMessageBytes={MaxMessageBytes.ToString(CultureInfo.InvariantCulture)}",
            $"--Gateway:Limits:MaxQueueBytes={(4 * MaxMessageBytes).ToString(CultureInfo.InvariantCulture)}",
        ];
        const string tls = "--Gateway:Endpoints:0:Tls:";
        return await HostProcess.StartAsync(
            overTls ? [.. options, $"{tls}CertificatePath={_certificates.CertificatePath}", $"{tls}KeyPath={_certificates.KeyPath}"] : options);
    }

    private async Task<WsClient> OpenAsync(HostProcess host, bool overTls)
    {
        var client = overTls ? await WsClient.ConnectTlsAsync(host.EndPoint, _certificates.Client()) : await WsClient.ConnectAsync(host.EndPoint);
        await client.UpgradeAsync("/echo", "Sec-WebSocket-Extensions: permessage-deflate\r\n");
        Assert.StartsWith("permessage-deflate", DeflateClient.AgreementOf(client), StringComparison.Ordinal);
        return client;
    }

    /// <summary>One message in so many frames.</summary>
    private static byte[] Frames(int count)
    {
        var pieces = Bomb.Chunk((Bomb.Length + count - 1) / count).ToArray();
        return [.. pieces.SelectMany((piece, i) => WsClient.Frame(
            i == 0 ? Opcode.Binary : Opcode.Continuation, piece, fin: i == pieces.Length - 1, rsv: i == 0 ? FrameHeader.Rsv1 : (byte)0))];
    }

    /// <summary>So many mebibytes, as blocks that repeat.</summary>
    private static byte[] DeflateZeros(int mebibytes)
    {
        using var deflater = new MessageDeflater(Zlib.MaxWindowBits, level: 9);
        var output = new byte[MessageDeflater.MaxOutput(1 << 20)];
        var length = deflater.Deflate(new byte[1 << 20], output, keepsHistory: false);
        byte[] one = [.. output.AsSpan(0, length), 0x00, 0x00, 0xFF, 0xFF];
        return [.. Enumerable.Repeat(one, mebibytes).SelectMany(bytes => bytes).SkipLast(4)];
    }
}
