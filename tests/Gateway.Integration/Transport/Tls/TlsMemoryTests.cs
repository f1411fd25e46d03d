using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Gateway.Core.Buffers;
using Gateway.Core.Framing;
using Gateway.Core.Transport.Tls;
using Gateway.Integration.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Integration.Transport.Tls;

/// <summary>What clients make a TLS endpoint keep is counted, can be refused and given up, and comes back.</summary>
public sealed class TlsMemoryTests
{
    private enum Where
    {
        Reading,
        Waiting,
        Running,
    }

    [Fact]
    public async Task Session_OfAConnection_IsHeldForItsLife()
    {
        await using var server = await TlsNode.StartAsync();
        var account = Account(server);
        await using (var half = await server.ConnectPlainAsync())
        {
            await half.SendRawAsync(new byte[] { 22, 3, 1, 2 });
            await Eventually.TrueAsync(() => account.Bytes > 0);
            Assert.Equal(0, account.HeldBytes);
        }

        await using (var client = await server.OpenAsync())
        {
            await client.SendTextAsync("hello");
            Assert.NotNull(await client.ReceiveAsync());
            Assert.InRange(account.HeldBytes, 30_000, 40_000);
        }

        await server.Node.ReturnsToBaselineAsync();
        Assert.Equal((0, 0), (account.HeldBytes, account.Bytes));
    }

    [Fact]
    public async Task Handshake_WithoutRoomForASession_IsRefusedAndTheNextIsNot()
    {
        await using var server = await TlsNode.StartAsync();
        var account = Account(server);
        var handshakes = new CounterReading(server.Node.Metrics.TlsHandshakes);
        account.MaxTotalBytes = 20_000;

        await Assert.ThrowsAnyAsync<Exception>(() => server.OpenAsync());

        Assert.Equal(1, handshakes.Value);
        await server.Node.ReturnsToBaselineAsync();
        Assert.Equal((0, 0), (account.HeldBytes, account.Bytes));
        account.MaxTotalBytes = long.MaxValue;
        await using var client = await server.OpenAsync();
    }

    [Fact]
    public async Task Handshake_WhileTheNodeRefusesUpgrades_DoesNotBegin()
    {
        await using var server = await TlsNode.StartAsync();
        var handshakes = new CounterReading(server.Node.Metrics.TlsHandshakes);
        await using var open = await server.OpenAsync();
        server.Node.Connections.MemoryStage = () => MemoryStage.RefusingUpgrades;

        await Assert.ThrowsAnyAsync<Exception>(() => server.OpenAsync());

        Assert.Equal(2, handshakes.Value);
        await open.SendTextAsync("hello");
        Assert.NotNull(await open.ReceiveAsync());
    }

    [Theory]
    [InlineData(nameof(Where.Reading))]
    [InlineData(nameof(Where.Waiting))]
    [InlineData(nameof(Where.Running))]
    public async Task Shed_InEachPhase_GivesItsBytesBackAtOnce(string where)
    {
        await using var server = await TlsNode.StartAsync(configureNode: options => options.Tls.MaxHandshakes = 1, time: new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        var account = Account(server);
        var hello = await SilentHello.OfAsync(server.Certificates);
        var handshakes = new CounterReading(server.Node.Metrics.TlsHandshakes);
        WsClient? before = null;
        if (where == nameof(Where.Waiting))
        {
            before = await server.ConnectPlainAsync();
            await before.SendRawAsync(hello);
            Assert.NotEqual(0, await before.Socket.ReceiveAsync(new byte[4096]));
        }

        var rest = account.TotalBytes;
        await using var client = await server.ConnectPlainAsync();
        await client.SendRawAsync(where == nameof(Where.Reading) ? hello.AsMemory(0, hello.Length - 1) : hello);
        if (where == nameof(Where.Running))
            Assert.NotEqual(0, await client.Socket.ReceiveAsync(new byte[4096]));
        TlsHandshake? handshake = null;
        await Eventually.TrueAsync(() =>
        {
            handshake = Unfinished(server).SingleOrDefault(one => one.WaitingBytes + one.HeldBytes is > 0 and var bytes && bytes == account.TotalBytes - rest);
            return handshake is not null;
        });

        Assert.True(handshake!.Shed());

        if (where != nameof(Where.Running))
            Assert.Equal(rest, account.TotalBytes);
        Assert.False(handshake.Shed());
        Assert.Equal(1, handshakes.Value);
        await Eventually.TrueAsync(() => account.TotalBytes == rest);
        await Record.ExceptionAsync(client.ReceiveToEndAsync);
        if (before is not null)
            await before.DisposeAsync();
        await server.Node.ReturnsToBaselineAsync();
        Assert.Equal(0, account.TotalBytes);
    }

    [Fact]
    public async Task Handshake_ThatHasSucceeded_IsNotShed()
    {
        await using var server = await TlsNode.StartAsync();
        await using var half = await server.ConnectPlainAsync();
        TlsHandshake? handshake = null;
        await Eventually.TrueAsync(() => (handshake = Unfinished(server).SingleOrDefault()) is not null);

        await using var client = await half.StartTlsAsync(server.Certificates.Client());
        await client.UpgradeAsync("/echo");

        Assert.False(handshake!.Shed());
        await client.SendTextAsync("hello");
        Assert.NotNull(await client.ReceiveAsync());
    }

    [Fact]
    public async Task Part_OfARecordOnAnOpenConnection_IsCountedAndEndsItWhereThereIsNoRoom()
    {
        await using var server = await TlsNode.StartAsync();
        var account = Account(server);
        await using var open = await server.OpenAsync();
        await using var other = await server.OpenAsync();
        await Eventually.TrueAsync(() => account.Bytes == 0);
        account.MaxBytes = 10_000;

        await open.Socket.SendAsync(Part(8000, length: 16_000));
        await Eventually.TrueAsync(() => account.Bytes is >= 8000 and <= 16_384);
        await open.Socket.SendAsync(new byte[1000]);

        await Record.ExceptionAsync(open.ReceiveToEndAsync);
        await Eventually.TrueAsync(() => account.Bytes == 0 && server.Node.Node.ConnectionCount == 1);
        // Whole records are read where parts are refused.
        await other.SendAsync(Opcode.Binary, new byte[12_000]);
        Assert.NotNull(await other.ReceiveAsync());
    }

    [Fact]
    public async Task Everything_ByteByByte_IsAHandshakeAndAnEcho()
    {
        await using var server = await TlsNode.StartAsync();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server.Node.EndPoint);
        await using var tls = new SslStream(new Dripping(new NetworkStream(socket)));
        await tls.AuthenticateAsClientAsync(server.Certificates.Client());

        await tls.WriteAsync(Encoding.ASCII.GetBytes(WsClient.UpgradeRequest("/echo")));
        await tls.WriteAsync(WsClient.Frame(Opcode.Text, "drop by drop"u8));

        var received = new StringBuilder();
        var buffer = new byte[4096];
        while (!received.ToString().EndsWith("drop by drop", StringComparison.Ordinal))
        {
            var count = await tls.ReadAsync(buffer);
            Assert.NotEqual(0, count);
            received.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
    }

    private static MemoryAccount Account(TlsNode server) => server.Node.Connections.Transport.Buffers.Account;

    private static IEnumerable<TlsHandshake> Unfinished(TlsNode server) => server.Node.Connections.Transport.TlsHandshakes!.Unfinished;

    /// <summary>The begin of a record of data.</summary>
    private static byte[] Part(int count, int length)
    {
        var part = new byte[count];
        (part[0], part[1], part[2], part[3], part[4]) = (23, 3, 3, (byte)(length >> 8), (byte)length);
        return part;
    }

    /// <summary>Sends each byte by itself.</summary>
    private sealed class Dripping(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count)
        {
            for (var i = 0; i < count; i++)
                inner.Write(buffer, offset + i, 1);
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (var i = 0; i < buffer.Length; i++)
                await inner.WriteAsync(buffer.Slice(i, 1), cancellationToken);
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
