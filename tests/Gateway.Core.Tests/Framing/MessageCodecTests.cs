using System.IO.Compression;
using System.Text;
using Gateway.Core.Framing;

namespace Gateway.Core.Tests.Framing;

/// <summary>The codec and its twin, System.IO.Compression: what one makes the other reads, in every size, level and window.</summary>
public sealed class MessageCodecTests
{
    private static readonly int[] Sizes = [1, 2, 3, 5, 31, 125, 126, 1000, 4096, 16_383, 32_768, 65_535, 65_536, 300_000];

    public static TheoryData<int, int> LevelsAndWindows => new(
        from level in Enumerable.Range(1, 9) from bits in Enumerable.Range(9, 7) select (level, bits));

    [Theory]
    [MemberData(nameof(LevelsAndWindows))]
    public void Message_Compressed_KeepsToItsWindow(int level, int windowBits)
    {
        foreach (var keepsHistory in (bool[])[false, true])
        {
            using var deflater = new MessageDeflater(windowBits, level);
            using var inflater = new InflateHandle(windowBits);
            foreach (var message in Messages(level, [1, 5, 126, 1000, 4096]).Append(Message(new Random(level), kind: 1, size: 40_000)))
            {
                var compressed = Compress(deflater, message, keepsHistory);
                if (!keepsHistory)
                {
                    Assert.Equal(message, CompressedFrames.Decompress(compressed));
                    inflater.Reset();
                }

                Assert.Equal(message, DecompressByBytes(inflater, compressed));
            }
        }
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void Message_OfTheTwin_ComesOutAsItWas(CompressionLevel level)
    {
        using var lender = new InflaterLender();
        using var compressor = new CompressedFrames.Compressor(level);
        var messages = Messages((int)level).ToArray();
        var withHistory = messages.SelectMany(message => CompressedFrames.Frame(Opcode.Binary, compressor.Compress(message))).ToArray();
        var without = messages.SelectMany(message => CompressedFrames.Frame(Opcode.Binary, CompressedFrames.Compress(message, level))).ToArray();
        var expected = messages.Select(message => ReadEvent.Message(Opcode.Binary, message)).ToList();

        Assert.Equal(expected, lender.Read(withHistory, [], withTakeover: true));
        Assert.Equal(expected, lender.Read(without, []));
        Assert.Equal(expected, lender.Read(without, Every(without.Length, 1460)));
        Assert.Equal(expected, lender.Read(withHistory, Every(withHistory.Length, 65_536), withTakeover: true));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Messages_RandomlyCutAndMixed_ComeOutAsTheyWere(int seed)
    {
        var random = new Random(seed);
        using var lender = new InflaterLender();
        for (var round = 0; round < 40; round++)
        {
            var withTakeover = random.Next(2) == 0;
            using var compressor = new CompressedFrames.Compressor((CompressionLevel)random.Next(4));
            var input = new List<byte>();
            var expected = new List<ReadEvent>();
            for (var count = random.Next(1, 12); count > 0; count--)
                AddMessage(random, withTakeover ? compressor : null, input, expected);

            var bytes = input.ToArray();
            Assert.Equal(expected, lender.Read(bytes, [], withTakeover));
            Assert.Equal(expected, lender.Read(bytes, Cuts(random, bytes.Length, 20), withTakeover));
            Assert.Equal(expected, lender.Read(bytes, Cuts(random, bytes.Length, 3000), withTakeover));
        }
    }

    [Fact]
    public void Garbage_IsJudgedAlikeHoweverItIsCut()
    {
        var random = new Random(11);
        using var lender = new InflaterLender();
        for (var round = 0; round < 3000; round++)
        {
            var message = CompressedFrames.Compress(Encoding.UTF8.GetBytes(new string('x', random.Next(50)) + round));
            for (var change = random.Next(1, 4); change > 0; change--)
                message[random.Next(message.Length)] = (byte)random.Next(256);
            var input = CompressedFrames.Frame(Opcode.Binary, message);

            var whole = lender.Read(input, [], maxMessageBytes: 2000);
            Assert.Equal(whole, lender.Read(input, Enumerable.Range(0, input.Length), maxMessageBytes: 2000));
            Assert.Equal(whole, lender.Read(input, [random.Next(input.Length)], maxMessageBytes: 2000));
        }
    }

    private static void AddMessage(Random random, CompressedFrames.Compressor? history, List<byte> input, List<ReadEvent> expected)
    {
        var message = Message(random, random.Next(3), random.Next(3) == 0 ? 0 : random.Next(40_000));
        expected.Add(ReadEvent.Message(Opcode.Binary, message));
        if (random.Next(4) == 0)
        {
            input.AddRange(ClientFrame.Binary(message));
            return;
        }

        var compressed = history?.Compress(message) ?? CompressedFrames.Compress(message);
        input.AddRange(CompressedFrames.Frames(Opcode.Binary, compressed, Cuts(random, compressed.Length, Math.Max(2, compressed.Length / 3)).Where(cut => cut > 0)));
    }

    private static byte[] Compress(MessageDeflater deflater, byte[] message, bool keepsHistory)
    {
        var output = new byte[MessageDeflater.MaxOutput(message.Length)];
        return output[..deflater.Deflate(message, output, keepsHistory)];
    }

    /// <summary>With a byte of output at a time every reference goes through the window, and one beyond it is an error.</summary>
    private static byte[] DecompressByBytes(InflateHandle inflater, byte[] compressed)
    {
        var output = new List<byte>();
        ReadOnlySpan<byte> input = [.. compressed, 0x00, 0x00, 0xFF, 0xFF];
        Span<byte> one = stackalloc byte[1];
        while (true)
        {
            var code = inflater.Run(ref input, one, Zlib.Flush.None, out var written);
            Assert.True(code is Zlib.Code.Ok or Zlib.Code.BufferError, code.ToString());
            if (written == 0)
                return [.. output];
            output.Add(one[0]);
        }
    }

    private static IEnumerable<byte[]> Messages(int seed, IEnumerable<int>? sizes = null)
    {
        var random = new Random(seed);
        foreach (var size in sizes ?? Sizes)
        {
            for (var kind = 0; kind < 3; kind++)
                yield return Message(random, kind, size);
        }
    }

    /// <summary>Random bytes, bytes that repeat far back, or JSON.</summary>
    private static byte[] Message(Random random, int kind, int size)
    {
        var bytes = new byte[size];
        random.NextBytes(bytes);
        for (var i = 1; kind == 1 && i < size; i++)
            bytes[i] = random.Next(8) == 0 ? bytes[i] : bytes[Math.Max(0, i - random.Next(1, 40_000))];
        return kind < 2
            ? bytes
            : Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, (size / 20) + 1).Select(i => $"{{\"symbol\":\"{i % 97}\",\"bid\":{random.Next(1000)}}}")))[..size];
    }

    private static IEnumerable<int> Every(int length, int step) => Enumerable.Range(1, (length - 1) / step).Select(i => i * step);

    private static List<int> Cuts(Random random, int length, int most)
    {
        var cuts = new List<int>();
        for (var at = random.Next(most); at < length; at += random.Next(1, most))
            cuts.Add(at);
        return cuts;
    }
}
