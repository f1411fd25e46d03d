using System.Security.Authentication;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Core.Tests.Fixtures;
using Gateway.Core.Transport.Tls;
using TransportContext = Gateway.Core.Transport.TransportContext;

namespace Gateway.Core.Tests.Transport.Tls;

/// <summary>Records are handed over whole, and what waits for the rest of one is counted, asked for, and no larger than what came.</summary>
public sealed class CipherStreamTests : IDisposable
{
    private const byte Handshake = 22, Data = 23;

    private readonly GatewayMetrics _metrics = new();
    private readonly TransportContext _context;
    private readonly CipherStream _cipher;
    private readonly List<byte> _read = [];

    public CipherStreamTests()
    {
        _context = new TransportContext(new TransportOptions(), _metrics);
        _cipher = new CipherStream(new RecordingTransport(), _context);
    }

    public void Dispose()
    {
        _cipher.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public async Task Records_SplitAtEveryOffset_AreHandedOverWhole()
    {
        byte[] stream = [.. Record(Handshake, 40), .. Record(20, 1), .. Record(Data, 0), .. Record(Data, 300), .. Record(21, 2), .. Record(Data, 7)];
        int[] ends = [45, 51, 56, 361, 368, 380];
        for (var split = 0; split <= stream.Length; split++)
        {
            _read.Clear();

            foreach (var part in (byte[][])[stream[..split], stream[split..]])
            {
                Add(part);
                await ReadAllAsync();
                Assert.Contains(_read.Count, ends.Append(0));
            }

            Assert.Equal(stream, _read);
            Assert.Equal(0, _context.Buffers.Rented);
        }
    }

    [Fact]
    public async Task Records_ByteByByte_WakeTheReaderOncePerRecordAndHoldLittleMoreThanCame()
    {
        byte[] stream = [.. Record(Data, 2000), .. Record(Data, 16_400)];
        var (reading, wakes) = (BeginRead(), 0);
        for (var i = 0; i < stream.Length; i++)
        {
            var input = _cipher.Add(stream.AsSpan(i, 1));
            Assert.Equal(i is 2004 or 18_409 ? CipherInput.Readable : CipherInput.Kept, input);
            if (input == CipherInput.Readable)
            {
                _cipher.Wake();
                Assert.Equal(0, await reading);
                await ReadAllAsync();
                (reading, wakes) = (BeginRead(), wakes + 1);
            }

            Assert.True(_cipher.TrySettle(0, out var isPaused));
            Assert.False(isPaused, "A part of a record must not pause the socket: the rest would never come.");
            var came = i < 2005 ? i + 1 : i + 1 - 2005;
            Assert.InRange(_cipher.UnconsumedBytes, 0, Math.Max(16, 2 * came));
            Assert.Equal(_cipher.UnconsumedBytes, _context.Buffers.Account.Bytes);
        }

        Assert.Equal(2, wakes);
        Assert.Equal(stream, _read);
    }

    [Fact]
    public async Task Records_ThatCameTogether_AreReadTogetherAndTheTailIsKeptInItsSize()
    {
        byte[] records = [.. Record(Data, 1000), .. Record(Data, 1000), .. Record(Data, 12_000)];
        var reading = BeginRead();

        Assert.Equal(CipherInput.Readable, _cipher.Add([.. records, .. Record(Data, 500)[..10]]));
        _cipher.Wake();
        Assert.Equal(0, await reading);
        Assert.Equal(records.Length, await _cipher.ReadAsync(new byte[32 * 1024]));

        Assert.True(_cipher.TrySettle(0, out var isPaused));
        Assert.False(isPaused);
        Assert.Equal(16, _cipher.UnconsumedBytes);
        Assert.Equal(1, _context.Buffers.Rented);
    }

    [Fact]
    public async Task Records_OfOtherKinds_AreReadAlone()
    {
        Add([.. Record(Data, 10), .. Record(21, 2), .. Record(Data, 20)]);

        Assert.Equal(15, await _cipher.ReadAsync(new byte[4096]));
        Assert.Equal(7, await _cipher.ReadAsync(new byte[4096]));
        Assert.Equal(25, await _cipher.ReadAsync(new byte[4096]));
    }

    [Fact]
    public async Task Record_LargerThanTheReadersRoom_IsReadInParts()
    {
        var record = Record(Handshake, 10_000);
        Add([.. record, .. Record(Data, 3)]);

        var parts = new List<int>();
        for (var i = 0; i < 4; i++)
            parts.Add(await _cipher.ReadAsync(new byte[4000]));

        Assert.Equal([4000, 4000, 2005, 8], parts);
        Assert.Equal(0, _context.Buffers.Rented);
    }

    [Fact]
    public void WholeRecords_ThatNobodyReads_PauseAndResumeWhenTheyAreRead()
    {
        var transport = new RecordingTransport();
        using var cipher = new CipherStream(transport, _context);
        cipher.Add(Record(Data, 100));

        Assert.True(cipher.TrySettle(leeway: 105, out var isPaused));
        Assert.False(isPaused);
        Assert.True(cipher.TrySettle(leeway: 0, out isPaused));
        Assert.True(isPaused);

        cipher.Drop();
        Assert.True(cipher.TrySettle(leeway: 0, out isPaused));
        Assert.False(isPaused);
    }

    [Theory]
    [InlineData(Data, 3, 16_384 + 2049, 22)]
    [InlineData(Data, 3, 65_535, 22)]
    [InlineData(24, 3, 10, 10)]
    [InlineData(19, 3, 10, 10)]
    [InlineData(Data, 2, 10, 10)]
    public async Task Header_ThatIsNone_FailsTheReadAfterTheRecordsBeforeIt(byte type, byte version, int length, byte alert)
    {
        var before = Record(Data, 10);

        Add([.. before, type, version, 3, (byte)(length >> 8), (byte)length, 1, 2, 3]);
        Assert.Equal(alert, _cipher.Alert);
        await ReadAsync(4096);

        var fault = await Assert.ThrowsAsync<IOException>(() => ReadAsync(0));
        Assert.IsType<AuthenticationException>(fault.InnerException);
        Add(new byte[1000]);
        Assert.Equal(0, _context.Buffers.Rented);
    }

    [Fact]
    public async Task Header_ThatIsNone_FailsTheReadThatWaits()
    {
        var reading = BeginRead();

        Assert.Equal(CipherInput.Readable, _cipher.Add([Data, 3, 3, 0xFF, 0xFF]));
        _cipher.Wake();

        await Assert.ThrowsAsync<IOException>(async () => await reading);
        Assert.Equal(0, _context.Buffers.Rented);
    }

    [Fact]
    public void Part_WithoutRoomInTheAccount_IsNotKept()
    {
        _context.Buffers.Account.MaxBytes = 1000;
        Assert.Equal(CipherInput.Kept, _cipher.Add(Record(Data, 4000).AsSpan(0, 400)));

        Assert.Equal(CipherInput.Short, _cipher.Add(new byte[1200]));

        Assert.Equal((0, 0), (_context.Buffers.Rented, _context.Buffers.Account.Bytes));
        Assert.Equal(CipherInput.Kept, _cipher.Add(new byte[10]));
        Assert.Equal(0, _context.Buffers.Rented);
    }

    [Fact]
    public async Task WholeRecord_WithoutRoomInTheAccount_IsReadAndItsTailIsNotKept()
    {
        _context.Buffers.Account.MaxBytes = 1000;
        var reading = BeginRead();

        Assert.Equal(CipherInput.Readable, _cipher.Add([.. Record(Data, 4000), .. Record(Data, 4000)[..3000]]));
        _cipher.Wake();
        Assert.Equal(0, await reading);
        Assert.Equal(4005, await _cipher.ReadAsync(new byte[32 * 1024]));

        Assert.False(_cipher.TrySettle(0, out _));
    }

    [Fact]
    public async Task Library_ThatWaitsAfterRecordsWithoutData_IsCountedUntilItGoesOn()
    {
        _cipher.BeginRead();
        Add(Record(Data, 17));
        Assert.Equal(22, await _cipher.ReadAsync(new byte[4096]));

        var waiting = _cipher.ReadAsync(Memory<byte>.Empty);
        Assert.Equal((CipherStream.LibraryBytes, CipherStream.LibraryBytes), (_cipher.UnconsumedBytes, _context.Buffers.Account.Bytes));
        Add(Record(Data, 17));
        _cipher.Wake();
        Assert.Equal(0, await waiting);
        await ReadAsync(4096);

        Assert.Equal((0, 0), (_cipher.UnconsumedBytes, _context.Buffers.Account.Bytes));
    }

    [Fact]
    public async Task Library_ThatWaitsWithoutRoomInTheAccount_Fails()
    {
        _context.Buffers.Account.MaxBytes = 1000;
        _cipher.BeginRead();
        Add(Record(Data, 17));
        await ReadAsync(4096);

        await Assert.ThrowsAsync<IOException>(() => ReadAsync(0));
        Assert.Equal(0, _context.Buffers.Account.Bytes);
    }

    [Fact]
    public async Task End_WithinARecord_ShowsThePart()
    {
        Add(Record(Data, 100).AsSpan(0, 50));

        Assert.False(_cipher.End());

        Assert.Equal(50, await _cipher.ReadAsync(new byte[4096]));
        Assert.Equal(0, await _cipher.ReadAsync(new byte[4096]));
        Assert.Equal(0, _context.Buffers.Rented);
    }

    [Fact]
    public void Drop_OfAPart_GivesItBackAtOnceAndTakesNoMore()
    {
        Add(Record(Data, 9000).AsSpan(0, 5000));
        Assert.InRange(_cipher.UnconsumedBytes, 5000, 10_000);

        _cipher.Drop();
        Add(new byte[100]);

        Assert.Equal((0, 0, 0), (_cipher.UnconsumedBytes, _context.Buffers.Rented, _context.Buffers.Account.Bytes));
    }

    private static byte[] Record(byte type, int length)
    {
        var record = new byte[5 + length];
        new Random(length).NextBytes(record);
        (record[0], record[1], record[2], record[3], record[4]) = (type, 3, 3, (byte)(length >> 8), (byte)length);
        return record;
    }

    private async Task<int> ReadAsync(int most) => await _cipher.ReadAsync(new byte[most]);

    private void Add(ReadOnlySpan<byte> bytes) => Assert.NotEqual(CipherInput.Short, _cipher.Add(bytes));

    /// <summary>A read as SslStream's that waits for the next record.</summary>
    private Task<int> BeginRead()
    {
        var reading = _cipher.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.False(reading.IsCompleted);
        return reading;
    }

    /// <summary>Reads all that can be read without waiting.</summary>
    private async Task ReadAllAsync()
    {
        var block = new byte[32 * 1024];
        while (_cipher.HasRecord)
            _read.AddRange(block.AsSpan(0, await _cipher.ReadAsync(block)));
    }
}
