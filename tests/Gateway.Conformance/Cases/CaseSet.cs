using System.Collections;
using Gateway.Conformance.Node;

namespace Gateway.Conformance.Cases;

/// <summary>The cases of a section, by their rule.</summary>
internal sealed class CaseSet : IEnumerable<Case>
{
    private readonly Dictionary<string, Case> _cases = [];

    public Case this[string rule] => _cases[rule];

    /// <summary>Each case on each endpoint, however it arrives.</summary>
    public IEnumerable<TheoryDataRow<string, Endpoint, Delivery>> Rows =>
        from rule in _cases.Keys
        from endpoint in Enum.GetValues<Endpoint>()
        from delivery in Enum.GetValues<Delivery>()
        select new TheoryDataRow<string, Endpoint, Delivery>(rule, endpoint, delivery);

    public void Add(Case rule) => _cases.Add(rule.Rule, rule);

    public IEnumerator<Case> GetEnumerator() => _cases.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
