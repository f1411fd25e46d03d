namespace Gateway.Core.Access;

/// <summary>Why not, as a client is told: what it can do about it, and nothing of other clients.</summary>
internal static class AccessReasons
{
    public const string NoSubscribe = "This channel may not be subscribed to.";
    public const string NoPublish = "Clients may not publish to this channel.";
    public const string NotYours = "This channel is not yours.";
    public const string SignIn = "This channel is for clients that have signed in.";
    public const string NotGranted = "The token does not allow it in this channel.";
    public const string TokenMissing = "This channel needs a subscription token.";
    public const string TokenOfAnother = "The subscription token is another client's.";
    public const string TokenElsewhere = "The subscription token is not for this channel.";
    public const string TokensUnknown = "Subscription tokens are not configured.";
    public const string AuthorizerDenied = "The backend does not allow it.";
    public const string AuthorizerAway = "Whether it is allowed could not be asked; try again in a moment.";

    public static string Nobody(ChannelAction action) => action == ChannelAction.Subscribe ? NoSubscribe : NoPublish;
}
