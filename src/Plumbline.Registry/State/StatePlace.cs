using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using Plumbline.Registry.Outbound;

namespace Plumbline.Registry.State;

/// <summary>Where the state of one server is, and how it is reached.</summary>
public sealed class StatePlace
{
    private const int DefaultConnections = 50;
    private readonly string _connection;

    private StatePlace(StateDialect dialect, string connection, string name, string? file)
    {
        (Dialect, _connection, Name, File) = (dialect, connection, name, file);
    }

    /// <summary>How its database is talked to.</summary>
    public StateDialect Dialect { get; }

    /// <summary>What it is called in messages: the file, or the database and where it is. Without any secret.</summary>
    public string Name { get; }

    /// <summary>The file; null when it is not one.</summary>
    public string? File { get; }

    /// <summary>What a session of the database is opened with.</summary>
    internal string Connection => _connection;

    /// <summary>The place that valid options name.</summary>
    /// <param name="dataDirectory">The data folder.</param>
    /// <param name="options">Valid options.</param>
    public static StatePlace Of(string dataDirectory, StateOptions options)
    {
        if (options.Kind == StateKind.Sqlite)
        {
            var file = Path.Combine(dataDirectory, "state.db");
            return new StatePlace(StateDialect.Sqlite, new SqliteConnectionStringBuilder { DataSource = file }.ToString(), file, file);
        }

        var port = options.Port ?? NpgsqlConnection.DefaultPort;
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = options.Host,
            Port = port,
            Database = options.Database,
            Username = options.User,
            Password = options.Secret,
            SslMode = PostgresTls.ModeOf(options.Tls),
            MaxPoolSize = options.Connections ?? DefaultConnections,
            ApplicationName = "plumbline",
            // A connection that a firewall forgot is found out while nobody waits for it.
            KeepAlive = 30,
        };
        return new StatePlace(
            StateDialect.PostgreSql,
            connection.ConnectionString,
            string.Create(CultureInfo.InvariantCulture, $"the database '{options.Database}' at {options.Host}:{port}"),
            file: null
        );
    }

    /// <summary>Lets contexts use this place.</summary>
    internal void Configure(DbContextOptionsBuilder db) => Configure(db, _connection);

    /// <summary>A context that keeps no file open after it is gone, for whoever looks before or beside a running server.</summary>
    public StateDbContext Open(StateTables tables)
    {
        var options = new DbContextOptionsBuilder<StateDbContext>();
        Configure(options, Dialect.WithoutPool(_connection));
        return new StateDbContext(options.Options, tables);
    }

    private void Configure(DbContextOptionsBuilder db, string connection)
    {
        Dialect.Use(db, connection);
        // Migrations are written by hand and keep no snapshot; a test compares what they make with the model.
        db.ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning));
    }
}
