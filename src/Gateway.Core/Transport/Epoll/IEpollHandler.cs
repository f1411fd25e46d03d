namespace Gateway.Core.Transport.Epoll;

/// <summary>Something with a descriptor in an <see cref="EpollEngine"/>.</summary>
internal interface IEpollHandler
{
    /// <summary>Tells events of this handler from those of an earlier one with the same descriptor.</summary>
    uint Generation { get; set; }

    /// <summary>
    /// Whether its bytes may wait for those of others, where a crowd does. Such a handler is told of them later, with <see cref="EpollEvents.Readable"/>
    /// alone.
    /// </summary>
    bool MayWait { get; }

    /// <summary>Whether it is to be told later. The engine's own.</summary>
    bool IsWaiting { get; set; }

    /// <summary>On the engine's thread. Must not block.</summary>
    void OnEvents(EpollEvents events);
}
