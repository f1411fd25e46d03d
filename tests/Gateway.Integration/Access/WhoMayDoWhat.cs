namespace Gateway.Integration.Access;

/// <summary>
/// The table of who may do what. A line is a channel and an action; then, by outcome, those for whom it comes so. <c>ok</c>: it is done;
/// <c>no</c>: forbidden; <c>later</c>: it could not be found out. Who shows a subscription token too is written <c>alice+good</c>. Whoever is
/// kept out (see <see cref="KeptOut"/>) is so on every line: each of those ways is one more column.
/// </summary>
internal static class WhoMayDoWhat
{
    /// <summary>What is done where.</summary>
    public static IEnumerable<(string Channel, string Action)> Lines => Parsed.Select(line => (line[0], line[1])).Distinct();

    /// <summary>Who does it, and what comes of it.</summary>
    public static IEnumerable<(string Credential, string Channel, string Action, string Expected)> Rows
    {
        get
        {
            foreach (var line in Parsed)
            {
                var expected = "";
                foreach (var word in line.Skip(2))
                {
                    if (word.EndsWith(':'))
                        expected = word.TrimEnd(':');
                    else
                        yield return (word, line[0], line[1], expected);
                }
            }
        }
    }

    private static IEnumerable<string[]> Parsed =>
        from line in Table.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        where !line.StartsWith('#') // the kind of rule
        select line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private const string Table = """
        # anyone, and shapes
        public:a          subscribe ok: none alice endless star wide almighty
        public:a          publish   ok: none alice endless star wide almighty
        public:never      subscribe ok: none alice
        public            subscribe no: none alice everything
        news              subscribe ok: none alice none+expired alice+garbage
        news              publish   no: none alice everything star almighty
        newsx             subscribe no: none alice everything
        News              subscribe no: none alice
        inbound           subscribe no: none alice everything
        inbound           publish   ok: none alice
        # nobody, and no rule
        closed:a          subscribe no: none alice everything star almighty alice+all
        closed:a          publish   no: none alice everything star almighty
        unmatched         subscribe no: none alice everything wide star almighty alice+all
        unmatched         publish   no: none alice everything wide star almighty
        *                 subscribe no: none alice everything star
        *                 publish   no: none alice everything star
        # authenticated
        signed:a          subscribe ok: alice endless bob star colon almighty  no: none none+all
        signed:a          publish   ok: alice endless bob star colon almighty  no: none
        # placeholders
        user:alice        subscribe ok: alice endless almighty  no: none bob star colon braces prefix upper everything red
        user:alice        publish   ok: alice endless almighty  no: none bob star colon braces prefix upper everything
        user:bob          subscribe ok: bob  no: none alice star almighty alice+all
        user:ALICE        subscribe ok: upper  no: alice
        user:ali          subscribe ok: prefix  no: alice
        user:*            subscribe ok: star  no: none alice everything
        user:*            publish   ok: star  no: none alice
        user:{sub}        subscribe ok: braces  no: none alice star
        user:alice:inbox  subscribe ok: none alice colon bob
        user:             subscribe ok: none alice
        user              subscribe no: none alice
        team:red:chat     subscribe ok: red almighty  no: none blue alice red-star red-colon red-list empty-team everything
        team:red:chat     publish   no: none red blue almighty
        team:blue:chat    subscribe ok: blue  no: red red-star almighty
        team:*:chat       subscribe ok: red-star  no: red
        team:red:x:chat   subscribe ok: red  no: red-colon blue
        team::chat        subscribe no: none empty-team red alice
        team:red          subscribe no: red blue none
        level-7           subscribe ok: red almighty  no: blue none alice
        level-7           publish   ok: red almighty  no: blue none alice
        level-70          subscribe ok: blue  no: red
        level-true        subscribe no: red-list
        dm:red:carol      subscribe ok: red  no: blue none alice red-star almighty
        dm:red:carol      publish   ok: red  no: blue none
        dm:red:dave       subscribe no: red blue
        dm:blue:carol     subscribe no: red blue
        dm:red:x:frank    subscribe no: red-colon red
        # claim
        claim:read        subscribe ok: reader wide everything almighty  no: none alice writer elsewhere
        claim:read        publish   ok: wide everything almighty  no: none alice reader writer elsewhere
        claim:write       subscribe ok: wide  no: none reader writer
        claim:write       publish   ok: writer wide everything  no: none reader
        claim:other       subscribe ok: wide  no: none reader writer
        claim:other       publish   ok: wide  no: none reader writer
        # token
        doc:7             subscribe no: none alice everything almighty
        doc:7             subscribe ok: none+good alice+good alice+alice's alice+pattern alice+listed alice+both alice+all
        doc:7             subscribe no: bob+alice's none+alice's star+alice's alice+star's alice+nobody's none+nobody's alice+sub-number
        doc:7             subscribe no: alice+of-star alice+list-empty alice+list-text alice+list-number alice+no-channel
        doc:7             subscribe no: alice+expired alice+not-yet alice+no-expiry alice+wrong-key alice+alg-none alice+critical alice+twice
        doc:7             subscribe no: alice+garbage alice+client-token almighty+client-token almighty+expired none+expired none+wrong-key
        doc:8             subscribe ok: alice+pattern none+all  no: alice+good alice+alice's alice+listed none+good
        doc:*             subscribe ok: alice+of-star alice+pattern  no: alice+good
        doc:7             publish   no: none alice everything almighty
        # authorizer
        ask:yes           subscribe ok: none alice
        ask:yes           publish   ok: none alice
        ask:no            subscribe no: none alice everything almighty alice+all
        ask:no            publish   no: none alice everything almighty
        ask:alice         subscribe ok: alice endless  no: none bob star
        ask:alice         publish   ok: alice endless  no: none bob star
        ask:subscribe     subscribe ok: none alice
        ask:subscribe     publish   no: none alice
        ask:publish       subscribe no: none alice
        ask:publish       publish   ok: none alice
        ask:away          subscribe later: none alice
        ask:away          publish   later: none alice
        ask:fault         subscribe later: none alice
        ask:fault         publish   later: none alice
        lenient:away      subscribe ok: none alice
        lenient:away      publish   ok: none alice
        lenient:busy      subscribe later: none alice
        lenient:busy      publish   later: none alice
        lenient:no        subscribe no: none alice
        lenient:no        publish   no: none alice
        lenient:fault     subscribe later: none alice
        """;
}
