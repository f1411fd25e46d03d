namespace Gateway.Conformance.Node;

/// <summary>What a client connects to. All cases hold on both.</summary>
public enum Endpoint
{
    Plain,
    Tls,
}
