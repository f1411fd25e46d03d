using Gateway.Core.Options;

namespace Gateway.Core.Transport.Tls;

/// <summary>Judges the TLS options of an endpoint before anything starts.</summary>
public static class TlsConfiguration
{
    /// <summary>Everything that is wrong with the options and the files they name.</summary>
    public static IReadOnlyList<TlsFault> Check(EndpointTlsOptions options, TimeProvider time)
    {
        var faults = new List<TlsFault>();
        if (options.IsEnabled)
            CertificateSet.LoadServable(options, time.GetUtcNow(), faults);
        else if (MeansTls(options))
            faults.Add(new TlsFault(nameof(options.CertificatePath), null, "", "is empty, although other options of the endpoint's TLS are set.", "Name the certificate's file; without one the endpoint would be plain."));
        return faults;
    }

    private static bool MeansTls(EndpointTlsOptions options) =>
        options.KeyPath.Length > 0
        || options.Password.Length > 0
        || options.ClientCaPath.Length > 0
        || options.ClientCertificates != ClientCertificateMode.None
        || options.Certificates.Count > 0;
}
