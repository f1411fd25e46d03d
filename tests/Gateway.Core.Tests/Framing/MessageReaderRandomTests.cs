using Gateway.Core.Framing;

namespace Gateway.Core.Tests.Framing;

/// <summary>Sequences that a seed builds: what was sent must come out, and nothing may throw.</summary>
public class MessageReaderRandomTests
{
    private static readonly int[] Sizes = [0, 1, 2, 3, 124, 125, 126, 127, 1000, 65535, 65536, 70_000];
    private static readonly int[] ControlSizes = [0, 1, 64, 125];
    private static readonly string[] Characters = ["a", "ä", "日", "\U0001F600"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Sequence_ValidAndRandom_ComesOutAsItWasSent(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 25; round++)
        {
            var sent = new List<ReadEvent>();
            var input = new List<byte>();
            for (var message = random.Next(1, 8); message > 0; message--)
                AddMessage(random, input, sent);
            var bytes = input.ToArray();

            Assert.Equal(sent, ReaderRun.Whole(bytes));
            for (var cutting = 0; cutting < 4; cutting++)
            {
                var most = new[] { 8, 200, 1460, 65536 }[cutting];
                Assert.Equal(sent, ReaderRun.Cut(bytes, RandomCuts(random, bytes.Length, most)));
            }
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void Sequence_WithBytesChanged_NeverThrowsAndIsJudgedAlikeHoweverItIsCut(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 2000; round++)
        {
            var input = new List<byte>();
            for (var message = random.Next(1, 4); message > 0; message--)
                AddMessage(random, input, [], most: 130);
            var bytes = input.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);

            var whole = ReaderRun.Whole(bytes, 100_000);
            Assert.Equal(whole, ReaderRun.ByteByByte(bytes, 100_000));
            Assert.Equal(whole, ReaderRun.Cut(bytes, RandomCuts(random, bytes.Length, 50), 100_000));
        }
    }

    [Fact]
    public void Garbage_NeverThrowsAndIsJudgedAlikeHoweverItIsCut()
    {
        var random = new Random(8);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(1, 64)];
            random.NextBytes(bytes);
            if (random.Next(2) == 0)
            {
                // Past the first two rules, which nearly all garbage breaks.
                bytes[0] = (byte)(0x80 | random.Next(3));
                if (bytes.Length > 1)
                    bytes[1] |= 0x80;
            }

            Assert.Equal(ReaderRun.Whole(bytes, 1000), ReaderRun.ByteByByte(bytes, 1000));
        }
    }

    private static void AddMessage(Random random, List<byte> input, List<ReadEvent> sent, int most = int.MaxValue)
    {
        var opcode = random.Next(2) == 0 ? Opcode.Text : Opcode.Binary;
        var sizes = Sizes.Where(size => size <= most).ToArray();
        var payload = Payload(random, opcode, sizes[random.Next(sizes.Length)]);
        var fragments = random.Next(3) == 0 ? random.Next(1, 6) : 1;
        var at = 0;
        for (var i = 0; i < fragments; i++)
        {
            AddControls(random, input, sent);
            var isLast = i == fragments - 1;
            var end = isLast ? payload.Length : random.Next(at, payload.Length + 1);
            input.AddRange(ClientFrame.Encode(i == 0 ? opcode : Opcode.Continuation, payload.AsSpan(at, end - at), isLast, (uint)random.NextInt64(uint.MaxValue)));
            at = end;
        }

        sent.Add(ReadEvent.Message(opcode, payload));
    }

    private static void AddControls(Random random, List<byte> input, List<ReadEvent> sent)
    {
        while (random.Next(3) == 0)
        {
            var opcode = random.Next(2) == 0 ? Opcode.Ping : Opcode.Pong;
            var payload = ClientFrame.Bytes(ControlSizes[random.Next(ControlSizes.Length)], random.Next());
            input.AddRange(ClientFrame.Encode(opcode, payload, key: (uint)random.NextInt64(uint.MaxValue)));
            sent.Add(ReadEvent.Control(opcode, payload));
        }
    }

    private static byte[] Payload(Random random, Opcode opcode, int size)
    {
        if (opcode == Opcode.Binary)
            return ClientFrame.Bytes(size, random.Next());
        var bytes = new List<byte>(size);
        while (bytes.Count < size)
        {
            var character = System.Text.Encoding.UTF8.GetBytes(Characters[random.Next(Characters.Length)]);
            bytes.AddRange(bytes.Count + character.Length <= size ? character : "."u8.ToArray());
        }

        return [.. bytes];
    }

    private static List<int> RandomCuts(Random random, int length, int most)
    {
        var cuts = new List<int>();
        for (var at = random.Next(most + 1); at < length; at += random.Next(most + 1))
            cuts.Add(at);
        return cuts;
    }
}
