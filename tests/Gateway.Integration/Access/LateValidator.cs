using Gateway.Core.Access;

namespace Gateway.Integration.Access;

/// <summary>The node's own validator, whose word a test can have come at once or waited for, as when keys have to be fetched.</summary>
internal sealed class LateValidator(ITokenValidator inner) : ITokenValidator
{
    public bool IsLate { get; set; }

    public TimeSpan ClockSkew => inner.ClockSkew;

    public async ValueTask<TokenVerdict> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        if (IsLate)
            await Task.Yield();
        return await inner.ValidateAsync(token, cancellationToken);
    }
}
