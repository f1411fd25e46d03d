namespace Gateway.Core.Transport;

/// <summary>Takes the listener's new clients in.</summary>
internal interface ITransportAcceptor
{
    /// <summary>Makes the handler of a new stream, which starts to receive when this returns.</summary>
    ITransportHandler Accept(ITransport transport);
}
