namespace Gateway.Admin;

/// <summary>A key that somebody has shown, without the key.</summary>
/// <param name="Scope">Which of the options it stands in: <c>operator</c>, <c>publish</c> or <c>read</c>.</param>
/// <param name="Rights">What it may do.</param>
/// <param name="Digest">The first digits of its digest, which tell it from others of its kind.</param>
internal sealed record AdminKey(string Scope, AdminRights Rights, string Digest)
{
    /// <summary>As the log says it.</summary>
    public override string ToString() => $"{Scope} key {Digest}";
}
