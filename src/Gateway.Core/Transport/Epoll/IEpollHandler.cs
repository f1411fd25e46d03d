namespace Gateway.Core.Transport.Epoll;

/// <summary>Something with a descriptor in an <see cref="EpollEngine"/>.</summary>
internal interface IEpollHandler
{
    /// <summary>Tells events of this handler from those of an earlier one with the same descriptor.</summary>
    uint Generation { get; set; }

    /// <summary>On the engine's thread. Must not block.</summary>
    void OnEvents(EpollEvents events);
}
