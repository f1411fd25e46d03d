namespace Gateway.Core.Json;

/// <summary>Walks the members of a JSON object, known to be one.</summary>
/// <param name="json">Valid by <see cref="JsonScanner.IsValue"/>, and an object.</param>
public ref struct JsonMembers(ReadOnlySpan<byte> json)
{
    private readonly ReadOnlySpan<byte> _json = json;
    private int _at = JsonScanner.SkipPast(json, 0, (byte)'{');

    /// <summary>What stands between the name's quotes; see <see cref="JsonString"/>.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>As it stands in the JSON.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Goes to the next; false: there is none.</summary>
    public bool MoveNext()
    {
        var end = JsonScanner.SkipString(_json, _at);
        if (end < 0)
            return false;
        Name = _json[(_at + 1)..(end - 1)];
        var value = JsonScanner.SkipPast(_json, end, (byte)':');
        var behind = JsonScanner.SkipValue(_json, value, JsonScanner.MaxDepth);
        Value = _json[value..behind];
        _at = JsonScanner.SkipPast(_json, behind, (byte)',');
        return true;
    }
}
