using Gateway.Core.Handshake;

namespace Gateway.Core.Connections;

/// <summary>Who the client is comes first, then whether it may have what its path asks for: only then is the upgrade answered.</summary>
internal sealed partial class Connection
{
    private ValueTask<Admission> AdmitAsync(UpgradeRequest request, in ProtocolMatch match)
    {
        var admission = _context.Admission.AdmitAsync(request, () => RemoteEndPoint, CancellationToken.None);
        // Usually both are there at once, and no task is made.
        return admission.IsCompletedSuccessfully ? AuthoriseAsync(admission.Result, match) : AuthoriseAdmittedAsync(admission, match);
    }

    private async ValueTask<Admission> AuthoriseAdmittedAsync(ValueTask<Admission> admission, ProtocolMatch match) =>
        await AuthoriseAsync(await admission.ConfigureAwait(false), match).ConfigureAwait(false);

    private ValueTask<Admission> AuthoriseAsync(Admission admission, in ProtocolMatch match)
    {
        if (admission.Identity is null)
            return new(admission);
        var refusal = match.Handler!.AuthoriseAsync(this, admission.Identity, match.State);
        return refusal.IsCompletedSuccessfully ? new(With(admission, refusal.Result)) : AwaitRefusalAsync(admission, refusal);
    }

    private static async ValueTask<Admission> AwaitRefusalAsync(Admission admission, ValueTask<Refusal?> refusal) =>
        With(admission, await refusal.ConfigureAwait(false));

    private static Admission With(Admission admission, Refusal? refusal) => refusal is null ? admission : new Admission(null, refusal);
}
