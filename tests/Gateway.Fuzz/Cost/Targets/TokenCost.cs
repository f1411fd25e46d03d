using System.Text;
using Gateway.Auth;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Fuzz.Cost.Targets;

/// <summary>A client's token, at the handshake and by refresh, compared with a good one of its size.</summary>
internal sealed class TokenCost : ICostTarget
{
    private readonly JwtValidator _validator;

    public TokenCost()
    {
        var options = new JwtOptions { HmacKey = Tokens.Secret, Issuer = "us" };
        _validator = new JwtValidator(options, new JwtKeys(options, null, new GatewayMetrics(), TimeProvider.System, NullLogger.Instance), TimeProvider.System);
    }

    public string Name => "token";

    public int MaxBytes => 8 * 1024;

    public IReadOnlyList<byte[]> Dictionary => Tokens.Dictionary;

    public IReadOnlyList<CostCase> Worst => Tokens.Worst;

    public byte[] Generate(Random random) => Tokens.Generate(random);

    public Action Ordinary(int size) => Prepare(Words.Latin1(Tokens.Sign($$"""{"sub":"alice","iss":"us","exp":9999999999,"picture":"{{new string('x', Math.Max(1, ((size - 90) * 3 / 4) - 60))}}"}""")));

    public Action Prepare(byte[] input)
    {
        var token = Encoding.Latin1.GetString(input);
        return () => _ = _validator.ValidateAsync(token, CancellationToken.None).AsTask().IsCompletedSuccessfully;
    }
}
