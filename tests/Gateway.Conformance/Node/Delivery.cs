namespace Gateway.Conformance.Node;

/// <summary>How the network may cut what a client writes. No case depends on it.</summary>
public enum Delivery
{
    AtOnce,
    ByteByByte,
    RandomSplits,
}

internal static class Deliveries
{
    // Of a long input the begin and the end go byte by byte: all that is judged stands there.
    private const int BytesByByte = 4 * 1024;

    /// <summary>The pieces, in order. Splits are the same in each run.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Cut(this Delivery delivery, byte[] input)
    {
        var random = new Random(input.Length);
        for (int at = 0, size; at < input.Length; at += size)
        {
            var left = input.Length - at;
            size = delivery switch
            {
                Delivery.AtOnce => left,
                Delivery.RandomSplits => random.Next(1, Math.Max(2, input.Length / random.Next(1, 40))),
                _ => at == BytesByByte && left > BytesByByte ? left - BytesByByte : 1,
            };
            size = Math.Min(size, left);
            yield return input.AsMemory(at, size);
        }
    }
}
