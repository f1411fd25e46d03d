namespace Gateway.Fuzz;

/// <summary>Places at which an input is cut, as the network might.</summary>
internal static class Cuts
{
    /// <summary>Ends of the pieces, the input's own end last: byte by byte, in two, or at random.</summary>
    public static List<int> Of(int length, Random random)
    {
        var cuts = new List<int>();
        switch (random.Next(4))
        {
            case 0:
                cuts.AddRange(Enumerable.Range(0, length));
                break;
            case 1:
                cuts.Add(random.Next(length + 1));
                break;
            default:
                var most = 1 << random.Next(1, 10);
                for (var at = random.Next(most); at < length; at += random.Next(most + 1))
                {
                    cuts.Add(at);
                    if (cuts.Count > 2 * length)
                        break;
                }

                break;
        }

        cuts.Add(length);
        return cuts;
    }
}
