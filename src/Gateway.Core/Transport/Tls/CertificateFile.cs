using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Core.Options;

namespace Gateway.Core.Transport.Tls;

/// <summary>Reads a certificate, its key and its intermediates from their files, and says what is wrong with them.</summary>
internal sealed class CertificateFile(CertificateOptions options, int? index, List<TlsFault> faults)
{
    private const string PemMark = "-----BEGIN ";

    /// <summary>Null: it cannot be used, and the faults say why.</summary>
    /// <param name="now">When it should be valid; whether it is, <see cref="LoadedCertificate.Invalid"/> says.</param>
    /// <param name="trust">Whom to name to clients that are asked for a certificate.</param>
    public LoadedCertificate? Load(DateTimeOffset now, SslCertificateTrust? trust)
    {
        if (ReadFile(nameof(options.CertificatePath), options.CertificatePath) is not { } bytes)
            return null;
        var isPem = bytes.AsSpan().IndexOf("-----BEGIN "u8) >= 0;
        var all = isPem ? LoadPem(bytes) : LoadPfx(bytes);
        if (all is null)
            return null;
        // Intermediates come from the file alone: nothing is fetched, at start or later.
        var context = SslStreamCertificateContext.Create(all[0], all, offline: true, trust);
        return new LoadedCertificate(context, all[0].NotBefore.ToUniversalTime(), all[0].NotAfter.ToUniversalTime(), [.. DnsNames(all[0])], Validity(all[0], now));
    }

    /// <summary>A file's text, without the byte order mark that some editors put in front of it.</summary>
    private static string TextOf(byte[] bytes) => Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF');

    /// <summary>The certificate with its key first, then what else is in the file.</summary>
    private X509Certificate2Collection? LoadPem(byte[] bytes)
    {
        var pem = TextOf(bytes);
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            // the same as none
        }

        if (all.Count == 0)
            return Fault(nameof(options.CertificatePath), options.CertificatePath, "holds no certificate.", "Name the file with the lines BEGIN CERTIFICATE.");
        if (ReadKey(pem) is not { } key)
            return null;
        var option = options.KeyPath.Length > 0 ? nameof(options.KeyPath) : nameof(options.CertificatePath);
        var path = options.KeyPath.Length > 0 ? options.KeyPath : options.CertificatePath;
        try
        {
            all[0] = options.Password.Length > 0 && key.Contains(PemMark + "ENCRYPTED PRIVATE KEY", StringComparison.Ordinal)
                ? X509Certificate2.CreateFromEncryptedPem(all[0].ExportCertificatePem(), key, options.Password)
                : X509Certificate2.CreateFromPem(all[0].ExportCertificatePem(), key);
            return all;
        }
        catch (ArgumentException)
        {
            return Fault(option, path, $"is not the key of the certificate in {options.CertificatePath}.", "Name the key that the certificate was issued for.");
        }
        catch (CryptographicException e)
        {
            return Fault(option, path, $"holds a key that cannot be used: {e.Message}", "Name a PEM key (BEGIN PRIVATE KEY) of the certificate's kind; for an encrypted one set Password.");
        }
    }

    private string? ReadKey(string certificatePem)
    {
        if (options.KeyPath.Length == 0)
        {
            if (certificatePem.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
                return certificatePem;
            Fault(nameof(options.KeyPath), options.KeyPath, $"is empty, and {options.CertificatePath} holds no key.", "Name the PEM file of the certificate's private key.");
            return null;
        }

        if (ReadFile(nameof(options.KeyPath), options.KeyPath) is not { } bytes)
            return null;
        var pem = TextOf(bytes);
        if (pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            return pem;
        Fault(nameof(options.KeyPath), options.KeyPath, "holds no private key in PEM.", "Name the file with the lines BEGIN PRIVATE KEY.");
        return null;
    }

    private X509Certificate2Collection? LoadPfx(byte[] bytes)
    {
        try
        {
            var all = X509CertificateLoader.LoadPkcs12Collection(bytes, options.Password);
            var own = all.FirstOrDefault(certificate => certificate.HasPrivateKey);
            if (own is null)
                return Fault(nameof(options.CertificatePath), options.CertificatePath, "is a PFX file without a private key.", "Export it with the key.");
            all.Remove(own);
            all.Insert(0, own);
            return all;
        }
        catch (CryptographicException)
        {
            return Fault(nameof(options.CertificatePath), options.CertificatePath, "is neither PEM nor a PFX file that Password opens.", "Name a PEM file, or correct Password.");
        }
    }

    private TlsFault? Validity(X509Certificate2 certificate, DateTimeOffset now) =>
        now >= certificate.NotAfter
            ? new(nameof(options.CertificatePath), index, options.CertificatePath, $"holds a certificate that expired at {certificate.NotAfter.ToUniversalTime():u}.", "Renew it.")
            : now < certificate.NotBefore
                ? new(nameof(options.CertificatePath), index, options.CertificatePath, $"holds a certificate that is not valid before {certificate.NotBefore.ToUniversalTime():u}.", "Name one that is valid, or correct this machine's clock.")
                : null;

    private byte[]? ReadFile(string option, string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or ArgumentException)
        {
            Fault(option, path, "names a file that does not exist.", "Name an existing one.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fault(option, path, $"names a file that cannot be read: {e.Message}", "Mend what the reason names: the file's rights, its disk, or the limit of descriptors.");
        }

        return null;
    }

    private static IEnumerable<string> DnsNames(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames());

    private X509Certificate2Collection? Fault(string option, string value, string problem, string remedy)
    {
        faults.Add(new TlsFault(option, index, value, problem, remedy));
        return null;
    }
}

/// <summary>A certificate that can be served.</summary>
/// <param name="Context">The certificate with its key and intermediates; OpenSSL's own context, and so the keys of session tickets, hang on it.</param>
/// <param name="NotBefore">When it begins to be valid.</param>
/// <param name="NotAfter">When it expires.</param>
/// <param name="DnsNames">The host names in it.</param>
/// <param name="Invalid">It has expired, or is not valid yet: clients refuse it. Null: it is valid.</param>
internal sealed record LoadedCertificate(SslStreamCertificateContext Context, DateTimeOffset NotBefore, DateTimeOffset NotAfter, IReadOnlyList<string> DnsNames, TlsFault? Invalid);
