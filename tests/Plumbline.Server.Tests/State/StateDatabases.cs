using Plumbline.Registry.State;
using Plumbline.Server.Tests.Outcomes.Sources;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.State;

[CollectionDefinition(Name)]
public sealed class StateCollection : ICollectionFixture<StateDatabases>
{
    public const string Name = "State";
}

/// <summary>
/// Empty states of either kind, each its own. The PostgreSQL is another one than that of the sources, whose tests stop theirs.
/// </summary>
public sealed class StateDatabases : PostgresCluster
{
    private readonly int _port;
    private readonly string _root = Path.Combine(Path.GetTempPath(), $"plumbline-states-{Guid.NewGuid():N}");
    private int _count;

    public StateDatabases()
        : this(FreePort.Find()) { }

    private StateDatabases(int port)
        : base(port) => _port = port;

    /// <summary>How a new, empty database is named in a configuration.</summary>
    public async Task<StateOptions> NewAsync()
    {
        var name = $"state_{Interlocked.Increment(ref _count)}";
        // Where it can, it orders texts as people do, and not as SQLite does: nothing may depend on that.
        var icu =
            await CountAsync("SELECT count(*) FROM pg_collation WHERE collprovider = 'i'") > 0
            && await CountAsync("SELECT current_setting('server_version_num')::int") >= 150_000;
        await ExecuteAsync($"CREATE DATABASE {name} {(icu ? "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'" : "")}");
        return new StateOptions
        {
            Kind = StateKind.Postgresql,
            Host = "127.0.0.1",
            Port = _port,
            Database = name,
            User = SourcePlaces.User,
            Password = SourcePlaces.Password,
        };
    }

    /// <summary>A new state of a kind with its tables, used through the services of a server that is not started.</summary>
    public async Task<StateWorld> WorldAsync(StateKind kind)
    {
        if (kind == StateKind.Postgresql)
            SkipWhenMissing();
        var options = kind == StateKind.Postgresql ? await NewAsync() : new StateOptions();
        return await StateWorld.OpenAsync(NewFolder(), options);
    }

    /// <summary>A folder that is deleted at the end.</summary>
    public string NewFolder() => Path.Combine(_root, $"{Interlocked.Increment(ref _count)}");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (Directory.Exists(_root))
            Directory.Delete(_root, recursive: true);
    }
}
