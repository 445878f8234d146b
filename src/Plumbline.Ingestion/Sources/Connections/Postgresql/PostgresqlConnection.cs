using Npgsql;
using Plumbline.Ingestion.Sources.Reading;
using Plumbline.Registry.Outbound;
using Plumbline.Registry.Web;

namespace Plumbline.Ingestion.Sources.Connections.Postgresql;

/// <summary>Tables and views of one schema of a PostgreSQL database, 13 or newer. A user who may only SELECT is enough.</summary>
public sealed class PostgresqlConnection : ConnectionKind
{
    public override string Name => "postgresql";

    public override int Order => 0;

    internal override string? SecretKey => "password";

    public override IReadOnlyList<ConnectionField> Fields { get; } =
    [
        ConnectionField.Text("host", isNeeded: true),
        new("port", typeof(int?)) { Check = port => port is < 1 or > 65_535 ? $"{port} is outside 1..65535." : null },
        ConnectionField.Text("database", isNeeded: true),
        ConnectionField.Text("user", isNeeded: true),
        .. ConnectionField.Secret("password"),
        ConnectionField.Text("schema"),
        // Over a network that is not yours, use verify.
        new("tls", typeof(TransportSecurity?)),
    ];

    internal override IEnumerable<FieldError> CheckPlace(SourceSpecification source)
    {
        if (source.Path is not null)
            yield return new("path", $"'{source.Connection}' is a database: name a table.");
        if (IdentifierRules.Check("table", source.Table, isNeeded: true) is { } error)
            yield return error;
    }

    internal override async Task<ISourceTable> OpenAsync(
        ConnectionOptions connection,
        SourceSpecification source,
        SourceReading reading,
        CancellationToken cancellation
    ) => await PostgresTable.OpenAsync(PostgresPlace.Of(connection), source, reading.Timeout, cancellation);
}

/// <summary>A declared database.</summary>
internal sealed record PostgresPlace(ConnectionOptions Options, string Host, int Port, string Database, string User, string Schema)
{
    internal static PostgresPlace Of(ConnectionOptions options) =>
        new(
            options,
            options.Text("host")!,
            options["port"] as int? ?? NpgsqlConnection.DefaultPort,
            options.Text("database")!,
            options.Text("user")!,
            options.Text("schema") ?? "public"
        );

    internal SslMode Tls => PostgresTls.ModeOf(Options["tls"] as TransportSecurity?);
}
