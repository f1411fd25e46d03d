namespace Gateway.Core.Transport.Tls;

/// <summary>What is wrong with the TLS options of an endpoint, or with the files they name.</summary>
/// <param name="Option">The option below the endpoint's <c>Tls</c>, such as <c>KeyPath</c>.</param>
/// <param name="Certificate">The index of the further certificate it belongs to; null: the endpoint's own.</param>
/// <param name="Value">The value that was given; null when there is none to show.</param>
/// <param name="Problem">What is wrong, as the rest of a sentence that begins with the option.</param>
/// <param name="Remedy">What to do.</param>
public sealed record TlsFault(string Option, int? Certificate, string? Value, string Problem, string Remedy)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{(Certificate is { } index ? $"Certificates:{index}:" : "")}{Option} = \"{Value}\": {Problem} {Remedy}";
}
