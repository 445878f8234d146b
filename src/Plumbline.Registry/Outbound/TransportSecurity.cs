namespace Plumbline.Registry.Outbound;

/// <summary>Whether the way to a database is encrypted.</summary>
public enum TransportSecurity
{
    /// <summary>Encrypted when the server offers it.</summary>
    Prefer,

    /// <summary>Encrypted, whoever the server is.</summary>
    Require,

    /// <summary>Encrypted, and the server's certificate must be valid for its name.</summary>
    Verify,
}
