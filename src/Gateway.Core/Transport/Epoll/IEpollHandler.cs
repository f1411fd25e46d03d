namespace Gateway.Core.Transport.Epoll;

/// <summary>Something with a descriptor in an <see cref="EpollEngine"/>.</summary>
internal interface IEpollHandler
{
    /// <summary>Tells events of this handler from those of an earlier one with the same descriptor.</summary>
    uint Generation { get; set; }

    /// <summary>Whether its bytes may wait for those of others, where a crowd does. Whoever has ended may in any case.</summary>
    bool MayWait { get; }

    /// <summary>What it is to be told later. The engine's own.</summary>
    EpollEvents Waiting { get; set; }

    /// <summary>On the engine's thread. Must not block.</summary>
    void OnEvents(EpollEvents events);
}
