namespace Gateway.Core.Connections;

/// <summary>What the connection owns for as long as it stays, and has been counted as held in the node's memory account.</summary>
internal sealed partial class Connection
{
    private int _heldBytes;

    /// <summary>Its subscriptions, its identity, its compressors: in bytes, as the account counts them.</summary>
    public int HeldBytes => Volatile.Read(ref _heldBytes);

    private bool TryHold(int bytes)
    {
        if (bytes > 0 && !Memory.TryHold(bytes))
            return false;
        CountHeld(bytes);
        return true;
    }

    private void LetGoHeld(int bytes)
    {
        Memory.LetGo(bytes);
        CountHeld(-bytes);
    }

    /// <summary>From any thread.</summary>
    /// <param name="bytes">What the account has granted; below zero: what has been given back to it.</param>
    public void CountHeld(int bytes) => Interlocked.Add(ref _heldBytes, bytes);
}
