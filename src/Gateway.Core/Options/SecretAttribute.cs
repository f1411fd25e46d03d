namespace Gateway.Core.Options;

/// <summary>Marks an option whose value is never printed: not in an error, not in a log.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;
