using Gateway.Conformance.Node;

namespace Gateway.Conformance.Cases;

/// <summary>One rule of an RFC and an exchange that shows whether it holds.</summary>
/// <param name="Rule">The section and what it says, in a line: the case's name.</param>
internal abstract record Case(string Rule)
{
    public abstract Task RunAsync(NodesUnderTest nodes, Endpoint endpoint, Delivery delivery);
}
