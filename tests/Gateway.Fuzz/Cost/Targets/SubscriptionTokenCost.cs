using System.Text;
using Gateway.Auth.SubscriptionTokens;

namespace Gateway.Fuzz.Cost.Targets;

/// <summary>A token that a client shows for a channel, compared with a good one of its size.</summary>
internal sealed class SubscriptionTokenCost : ICostTarget
{
    private readonly SubscriptionTokenValidator _validator = new(Encoding.ASCII.GetBytes(Tokens.Secret), TimeProvider.System);

    public string Name => "subscription-token";

    public int MaxBytes => 8 * 1024;

    public IReadOnlyList<byte[]> Dictionary => Tokens.Dictionary;

    public IReadOnlyList<CostCase> Worst => Tokens.Worst;

    public byte[] Generate(Random random) => Tokens.Generate(random);

    public Action Ordinary(int size) => Prepare(Words.Latin1(Tokens.Ordinary(size)));

    public Action Prepare(byte[] input)
    {
        var token = Encoding.Latin1.GetString(input);
        return () => _ = _validator.ValidateAsync(token, CancellationToken.None).AsTask().IsCompletedSuccessfully;
    }
}
