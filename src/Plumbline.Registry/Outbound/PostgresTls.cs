using Npgsql;

namespace Plumbline.Registry.Outbound;

/// <summary>The encryption of a connection as the driver of PostgreSQL calls it.</summary>
public static class PostgresTls
{
    /// <summary>What was declared; nothing is <see cref="TransportSecurity.Prefer"/>.</summary>
    public static SslMode ModeOf(TransportSecurity? declared) =>
        declared switch
        {
            TransportSecurity.Verify => SslMode.VerifyFull,
            TransportSecurity.Require => SslMode.Require,
            _ => SslMode.Prefer,
        };
}
