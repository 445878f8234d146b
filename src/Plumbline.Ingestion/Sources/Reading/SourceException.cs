namespace Plumbline.Ingestion.Sources.Reading;

/// <summary>A source cannot be read now. The cursor has not moved; the next try begins where this one did.</summary>
/// <param name="code">Stable, for programs: one of <see cref="SourceErrorCode"/>.</param>
/// <param name="message">What is wrong and what to do, without secrets.</param>
public sealed class SourceException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}

/// <summary>The codes of <see cref="SourceException"/>. They are part of the HTTP contract.</summary>
public static class SourceErrorCode
{
    /// <summary>The configuration file has no such connection any more.</summary>
    public const string ConnectionUnknown = "connection_unknown";

    /// <summary>The place does not answer.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>The user, password or key is refused.</summary>
    public const string LoginDenied = "login_denied";

    /// <summary>Signed in, but this may not be read.</summary>
    public const string PermissionDenied = "permission_denied";

    /// <summary>No such table, or no file matches.</summary>
    public const string TableMissing = "table_missing";

    /// <summary>A column of the declaration is not there.</summary>
    public const string ColumnMissing = "column_missing";

    /// <summary>A column is of a kind that cannot be used so.</summary>
    public const string ColumnInvalid = "column_invalid";

    /// <summary>A column is of another kind than before.</summary>
    public const string SchemaChanged = "schema_changed";

    /// <summary>A page took longer than sources.timeout.</summary>
    public const string Timeout = "timeout";

    /// <summary>The spool had no room for longer than a pull waits.</summary>
    public const string SpoolFull = "spool_full";

    /// <summary>Anything else that the place said.</summary>
    public const string Unreadable = "unreadable";
}
