using System.IO.Compression;
using Gateway.Core.Framing;
using Gateway.Core.Tests.Framing;
using Gateway.Fuzz.Deflate;

namespace Gateway.Core.Tests.Fuzzing;

/// <summary>The deflate target's own reader and writer are right, and what the writer makes is taken: else the target would compare nothing.</summary>
public class DeflateTwinTests
{
    private const int Limit = 40_000;

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void SlowInflater_OfWhatARealCompressorMade_GivesItBack(CompressionLevel level)
    {
        var random = new Random((int)level);
        using var compressor = new CompressedFrames.Compressor(level);
        var history = new List<byte>();
        for (var round = 0; round < 100; round++)
        {
            // Few letters, so that there is something to refer to.
            var message = new byte[random.Next(2000)];
            for (var i = 0; i < message.Length; i++)
                message[i] = (byte)('a' + (random.Next(16) * random.Next(16) / 16));
            var start = history.Count;

            Assert.Equal(SlowInflateEnd.Whole, new SlowInflater(compressor.Compress(message), history, 1 << 15, Limit).Run());
            Assert.Equal(message, history[start..]);
        }
    }

    [Theory]
    [InlineData(0x20)] // without takeover
    [InlineData(0x21)] // with it, 9 bits
    [InlineData(0x27)] // 12 bits
    [InlineData(0x2D)] // 15 bits
    public void Message_GeneratedRight_IsTakenAndRead(byte choice)
    {
        var settings = new DeflateSettings(choice);
        Assert.Equal(Limit, settings.MaxMessageBytes);
        using var lender = new InflaterLender();
        for (var seed = 0; seed < 500; seed++)
        {
            var messages = new DeflateGenerator(settings, new Random(seed), isRight: true);
            var (input, expected) = (new List<byte>(), new List<ReadEvent>());
            for (var count = 0; count < 6; count++)
            {
                var opcode = count % 2 == 0 ? Opcode.Text : Opcode.Binary;
                var (message, compressed) = messages.Next(isText: opcode == Opcode.Text);
                input.AddRange(CompressedFrames.Frame(opcode, compressed));
                expected.Add(ReadEvent.Message(opcode, message));
            }

            Assert.Equal(expected, lender.Read(input.ToArray(), [], settings.WithTakeover, Limit, settings.WindowBits));
        }
    }

    /// <summary>The writer alone against the runtime's reader, which knows nothing of final blocks in the middle.</summary>
    [Fact]
    public void Message_GeneratedRight_IsWhatTheRuntimeReads()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var history = new List<byte>();
            var writer = new DeflateWriter(new Random(seed), history, 1 << 15);
            DeflateToken[] tokens = [new((byte)'a'), new((byte)'b'), new(258, 1 + (seed % 2)), new(3 + (seed % 250), 1 + (seed % 256))];
            writer.Fixed(tokens, isFinal: false);
            writer.Stored("stored"u8, isFinal: false);
            writer.Dynamic(tokens, isFinal: false);
            writer.Tail();

            Assert.Equal([.. history], CompressedFrames.Decompress(writer.ToArray()));
        }
    }
}
