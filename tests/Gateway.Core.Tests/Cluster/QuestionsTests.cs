using System.Text;
using System.Text.Json;
using Gateway.Core.Brokers;
using Gateway.Core.Cluster;
using Gateway.Core.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Core.Tests.Cluster;

/// <summary>Who is asked, who answers, and who is named.</summary>
public sealed class QuestionsTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly AnnouncedBroker _broker = new(static () => []);
    private List<NodeAnnouncement> _nodes = [Node("self"), Node("b"), Node("c")];
    private Func<NodeQuestion, Task<JsonElement>> _answer = static _ => Task.FromResult(Json("{}"));

    [Fact]
    public async Task Ask_Alone_AsksNobody()
    {
        _nodes = [Node("self")];

        var answers = await Create().AskAsync(new NodeQuestion { Ask = "lagging" }, static _ => false, CancellationToken.None);

        Assert.Empty(answers.Given);
        Assert.Empty(answers.Silent);
        Assert.Empty(_broker.Envelopes);
    }

    [Fact]
    public async Task Ask_AllAnswer_EndsAtOnce()
    {
        var questions = Create();
        var asking = questions.AskAsync(new NodeQuestion { Ask = "lagging", Limit = 7 }, static _ => false, CancellationToken.None);
        var question = NodeQuestion.TryParse(Assert.Single(_broker.Envelopes))!;
        Assert.Equal(("self", "lagging", 7), (question.From, question.Ask, question.Limit));

        questions.OnReply(Answer(question.Id, "b"));
        await Eventually.TrueAsync(() => questions.Reading == 0);
        Assert.False(asking.IsCompleted);
        questions.OnReply(Answer(question.Id, "c"));

        var answers = await asking;
        Assert.Equal(["b", "c"], answers.Given.Select(answer => answer.Node).Order());
        Assert.Empty(answers.Silent);
    }

    [Fact]
    public async Task Ask_ANodeIsSilent_NamesItAtTheDeadline()
    {
        var questions = Create();
        var asking = questions.AskAsync(new NodeQuestion { Ask = "lagging" }, static _ => false, CancellationToken.None);
        questions.OnReply(Answer(NodeQuestion.TryParse(_broker.Envelopes[0])!.Id, "c"));
        await Eventually.TrueAsync(() => questions.Reading == 0);

        _time.Advance(Questions.Deadline - TimeSpan.FromMilliseconds(1));
        Assert.False(asking.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        var answers = await asking;
        Assert.Equal("c", Assert.Single(answers.Given).Node);
        Assert.Equal("b", Assert.Single(answers.Silent));
    }

    [Fact]
    public async Task Ask_OneAnswerIsEnough_WaitsForNoOther()
    {
        var questions = Create();
        var asking = questions.AskAsync(new NodeQuestion { Ask = "connection" }, static answer => answer.Body.ValueKind == JsonValueKind.Object, CancellationToken.None);

        questions.OnReply(Answer(NodeQuestion.TryParse(_broker.Envelopes[0])!.Id, "c"));

        Assert.Empty((await asking).Silent);
    }

    [Fact]
    public async Task Ask_TheBrokerIsAway_NamesAll()
    {
        _broker.Sending = _ => throw new BrokerUnavailableException("away", BrokerOutcome.NotDone);

        var answers = await Create().AskAsync(new NodeQuestion { Ask = "lagging" }, static _ => false, CancellationToken.None);

        Assert.Equal(["b", "c"], answers.Silent);
    }

    [Fact]
    public async Task Ask_MoreThanThereArePlaces_WaitWithinTheirDeadline()
    {
        var questions = Create();
        var asked = Enumerable.Range(0, Questions.MaxAsked + 1)
            .Select(_ => questions.AskAsync(new NodeQuestion { Ask = "lagging" }, static _ => false, CancellationToken.None)).ToArray();

        Assert.Equal(Questions.MaxAsked, _broker.Envelopes.Count);
        _time.Advance(Questions.Deadline);

        Assert.All(await Task.WhenAll(asked), answers => Assert.Equal(["b", "c"], answers.Silent));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("""{"id":"0000000000000000","node":"b","body":{}}""")]
    public async Task Reply_ThatNobodyAskedFor_IsNothing(string json)
    {
        var questions = Create();
        var asking = questions.AskAsync(new NodeQuestion { Ask = "lagging" }, static _ => false, CancellationToken.None);

        questions.OnReply(Encoding.UTF8.GetBytes(json));
        await Eventually.TrueAsync(() => questions.Reading == 0);
        _time.Advance(Questions.Deadline);

        Assert.Empty((await asking).Given);
    }

    [Fact]
    public async Task Question_OfAnotherNode_IsAnsweredToItAlone()
    {
        _answer = question => Task.FromResult(Json($$"""{"asked":"{{question.Ask}}"}"""));

        Assert.Equal("answered", Create().OnQuestion(Question("b")));

        await Eventually.TrueAsync(() => Replies.Count == 1);
        var (node, json) = Replies[0];
        var answer = NodeAnswer.TryParse(json)!;
        Assert.Equal(("b", "7", "self", "explain"), (node, answer.Id, answer.Node, answer.Body.GetProperty("asked").GetString()));
    }

    [Fact]
    public void Question_OfItsOwn_IsNotAnswered()
    {
        Assert.Equal("own_question", Create().OnQuestion(Question("self")));
        Assert.Empty(Replies);
    }

    [Theory]
    [InlineData("ch:news")] // would be a publication's channel in no way, but is no node's name
    [InlineData("a b")]
    [InlineData("")]
    public void Question_OfNoNodesName_IsMalformed(string from) => Assert.Equal("malformed", Create().OnQuestion(Question(from)));

    [Fact]
    public async Task Questions_MoreThanMayBeAnsweredAtOnce_AreLeft()
    {
        var open = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answer = _ => open.Task;
        var questions = Create();
        for (var i = 0; i < Questions.MaxAnswered; i++)
            Assert.Equal("answered", questions.OnQuestion(Question("b")));

        Assert.Equal("busy", questions.OnQuestion(Question("b")));

        open.SetResult(Json("{}"));
        await Eventually.TrueAsync(() => Replies.Count == Questions.MaxAnswered);
        await Eventually.TrueAsync(() => questions.OnQuestion(Question("b")) == "answered");
    }

    [Fact]
    public async Task Answer_LargerThanTheBound_IsNotSent()
    {
        _answer = question => Task.FromResult(question.Ask == "explain" ? Json($"\"{new string('x', NodeAnswer.MaxBytes)}\"") : Json("1"));
        var questions = Create();

        questions.OnQuestion(Question("b"));
        questions.OnQuestion(Question("c", "lagging"));

        await Eventually.TrueAsync(() => Replies.Count == 1);
        Assert.Equal("c", Replies[0].Node);
    }

    [Fact]
    public async Task Reply_OfManyBytes_IsKeptUpToABound_AndTheOthersAreSilent()
    {
        _nodes = [Node("self"), .. Enumerable.Range(0, 200).Select(i => Node($"n{i}"))];
        var questions = Create();
        var asking = questions.AskAsync(new NodeQuestion { Ask = "lagging" }, static _ => false, CancellationToken.None);
        var id = NodeQuestion.TryParse(_broker.Envelopes[0])!.Id;
        var body = Json($"\"{new string('x', NodeAnswer.MaxBytes - 200)}\"");

        for (var i = 0; i < 200; i++)
        {
            questions.OnReply(new NodeAnswer { Id = id, Node = $"n{i}", Body = body }.ToJson());
            await Eventually.TrueAsync(() => questions.Reading == 0);
        }

        _time.Advance(Questions.Deadline);
        var answers = await asking;
        Assert.InRange(answers.Given.Count, 32, 64);
        Assert.Equal(200, answers.Given.Count + answers.Silent.Count);
    }

    [Fact]
    public async Task Reply_ThatIsTooLongOrOfNoNode_IsNothing()
    {
        var questions = Create();
        var asking = questions.AskAsync(new NodeQuestion { Ask = "lagging" }, static _ => false, CancellationToken.None);
        var id = NodeQuestion.TryParse(_broker.Envelopes[0])!.Id;

        questions.OnReply(new NodeAnswer { Id = id, Node = "b", Body = Json($"\"{new string('x', NodeAnswer.MaxBytes)}\"") }.ToJson());
        questions.OnReply(new NodeAnswer { Id = id, Node = "b c", Body = Json("{}") }.ToJson());
        questions.OnReply(new NodeAnswer { Id = id, Node = new string('b', 129), Body = Json("{}") }.ToJson());
        await Eventually.TrueAsync(() => questions.Reading == 0);
        _time.Advance(Questions.Deadline);

        Assert.Empty((await asking).Given);
    }

    [Fact]
    public void Question_AboutATextOfAnyLength_IsMalformed()
    {
        var most = new string('x', 1024);
        NodeQuestion question = new() { Id = "7", From = "b", Ask = "user", User = most, Channel = most, Connection = most, Limit = int.MinValue };
        var questions = Create();

        Assert.Equal("answered", questions.OnQuestion(question.ToJson()));
        foreach (var longer in (NodeQuestion[])[question with { User = most + "x" }, question with { Channel = most + "x" }, question with { Connection = most + "x" }, question with { Ask = most + "x" }, question with { Id = new string('7', 65) }])
            Assert.Equal("malformed", questions.OnQuestion(longer.ToJson()));
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    private List<(string Node, byte[] Json)> Replies
    {
        get
        {
            lock (_broker.Replies)
                return [.. _broker.Replies];
        }
    }

    private Questions Create() => new(_broker, "self", () => _nodes, question => _answer(question), _time, NullLogger.Instance);

    private static byte[] Question(string from, string ask = "explain") => new NodeQuestion { Id = "7", From = from, Ask = ask }.ToJson();

    private static byte[] Answer(string id, string node) => new NodeAnswer { Id = id, Node = node, Body = Json("{}") }.ToJson();

    private static NodeAnnouncement Node(string name) => new() { Node = name, State = NodeStates.Ready };

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
