using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Load.Server;

namespace Gateway.Load.Tests.Server;

public class AuthorizerBackendTests
{
    [Theory]
    [InlineData(AuthorizerBackend.Allowed + "1", true)]
    [InlineData(AuthorizerBackend.Asked + "closed-1", false)]
    public async Task Question_OfAChannel_HasItsAnswer(string channel, bool isAllowed)
    {
        using var backend = new AuthorizerBackend();
        using var http = new HttpClient();
        using var response = await http.PostAsJsonAsync(backend.Uri, new { channel, action = "subscribe" }, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(isAllowed, answer.GetProperty("allow").GetBoolean());
        Assert.Equal(1, backend.Answers);
    }

    [Fact]
    public async Task Question_ThatIsNone_LeavesItServing()
    {
        using var backend = new AuthorizerBackend();
        using var http = new HttpClient();
        var nothing = http.PostAsync(backend.Uri, new StringContent("{"), TestContext.Current.CancellationToken);
        using var response = await http.PostAsJsonAsync(backend.Uri, new { channel = "a" }, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode);
        http.CancelPendingRequests();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => nothing);
    }
}
