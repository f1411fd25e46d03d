namespace Gateway.Integration.Access;

/// <summary>
/// The table of who may do what. A line is a channel; then, by action, who shows which credential and what comes of it. <c>ok</c>: it is
/// done; <c>no</c>: forbidden; <c>later</c>: it could not be found out; <c>out</c>: the client is not let in at all.
/// </summary>
internal static class WhoMayDoWhat
{
    /// <summary>Over gateway.v1 each row as it stands; over plain mode those that subscribe.</summary>
    public static IEnumerable<(string Credential, string Channel, string Action, string Expected)> Rows =>
        from line in Lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        let words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        from word in words.Skip(2)
        let cell = word.Split('=')
        select (cell[0], words[0], words[1], cell[1]);

    private const string Lines = """
        public:a          subscribe none=ok alice=ok star=ok wide=ok refused=out
        public:a          publish   none=ok alice=ok star=ok wide=ok refused=out
        public:never      subscribe none=ok alice=ok refused=out
        public            subscribe none=no alice=no everything=no refused=out
        news              subscribe none=ok alice=ok refused=out
        news              publish   none=no alice=no everything=no star=no refused=out
        newsx             subscribe none=no alice=no everything=no
        News              subscribe none=no alice=no
        inbound           subscribe none=no alice=no everything=no
        inbound           publish   none=ok alice=ok refused=out
        closed:a          subscribe none=no alice=no everything=no star=no refused=out
        closed:a          publish   none=no alice=no everything=no star=no refused=out
        signed:a          subscribe none=no alice=ok bob=ok star=ok colon=ok refused=out
        signed:a          publish   none=no alice=ok bob=ok star=ok colon=ok refused=out
        unmatched         subscribe none=no alice=no everything=no wide=no star=no refused=out
        unmatched         publish   none=no alice=no everything=no wide=no star=no refused=out
        *                 subscribe none=no alice=no everything=no star=no
        *                 publish   none=no alice=no everything=no star=no
        user:alice        subscribe none=no alice=ok bob=no star=no colon=no braces=no prefix=no upper=no everything=no red=no refused=out
        user:alice        publish   none=no alice=ok bob=no star=no colon=no braces=no prefix=no upper=no everything=no refused=out
        user:bob          subscribe none=no alice=no bob=ok star=no
        user:ALICE        subscribe alice=no upper=ok
        user:ali          subscribe alice=no prefix=ok
        user:*            subscribe none=no alice=no star=ok everything=no
        user:*            publish   none=no alice=no star=ok
        user:{sub}        subscribe none=no alice=no braces=ok star=no
        user:alice:inbox  subscribe none=ok alice=ok colon=ok bob=ok
        user:             subscribe none=ok alice=ok
        user              subscribe none=no alice=no
        team:red:chat     subscribe none=no red=ok blue=no alice=no red-star=no red-colon=no empty-team=no everything=no refused=out
        team:red:chat     publish   none=no red=no blue=no
        team:blue:chat    subscribe red=no blue=ok red-star=no
        team:*:chat       subscribe red=no red-star=ok
        team:red:x:chat   subscribe red=ok red-colon=no blue=no
        team::chat        subscribe none=no empty-team=no red=no alice=no
        team:red          subscribe red=no blue=no none=no
        level-7           subscribe red=ok blue=no none=no alice=no
        level-7           publish   red=ok blue=no none=no alice=no
        level-70          subscribe red=no blue=ok
        dm:red:carol      subscribe red=ok blue=no none=no alice=no red-star=no
        dm:red:carol      publish   red=ok blue=no none=no
        dm:red:dave       subscribe red=no blue=no
        dm:blue:carol     subscribe red=no blue=no
        dm:red:x:frank    subscribe red-colon=no red=no
        claim:read        subscribe none=no alice=no reader=ok writer=no wide=ok elsewhere=no everything=ok refused=out
        claim:read        publish   none=no alice=no reader=no writer=no wide=ok elsewhere=no everything=ok refused=out
        claim:write       subscribe none=no reader=no writer=no wide=ok
        claim:write       publish   none=no reader=no writer=ok wide=ok everything=ok
        claim:other       subscribe none=no reader=no writer=no wide=ok
        claim:other       publish   none=no reader=no writer=no wide=ok
        doc:7             subscribe none=no alice=no everything=no refused=out
        doc:7             publish   none=no alice=no everything=no refused=out
        ask:yes           subscribe none=ok alice=ok refused=out
        ask:yes           publish   none=ok alice=ok refused=out
        ask:no            subscribe none=no alice=no everything=no refused=out
        ask:no            publish   none=no alice=no everything=no
        ask:alice         subscribe none=no alice=ok bob=no star=no
        ask:alice         publish   none=no alice=ok bob=no star=no
        ask:subscribe     subscribe none=ok alice=ok
        ask:subscribe     publish   none=no alice=no
        ask:publish       subscribe none=no alice=no
        ask:publish       publish   none=ok alice=ok
        ask:away          subscribe none=later alice=later refused=out
        ask:away          publish   none=later alice=later refused=out
        ask:fault         subscribe none=later alice=later
        ask:fault         publish   none=later alice=later
        lenient:away      subscribe none=ok alice=ok refused=out
        lenient:away      publish   none=ok alice=ok
        lenient:no        subscribe none=no alice=no
        lenient:no        publish   none=no alice=no
        lenient:fault     subscribe none=later alice=later
        """;
}
