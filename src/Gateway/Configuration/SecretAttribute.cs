namespace Gateway.Configuration;

/// <summary>Marks an option whose value is never printed: not in an error, not in a log.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute;
