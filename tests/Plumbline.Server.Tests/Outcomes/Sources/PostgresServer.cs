namespace Plumbline.Server.Tests.Outcomes.Sources;

[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresServer>
{
    public const string Name = "PostgreSQL";
}

/// <summary>The PostgreSQL that sources read, started when the first test asks for it.</summary>
public sealed class PostgresServer() : PostgresCluster(SourcePlaces.PostgresPort)
{
    private int _tables;

    public string NewTable() => $"outcomes_{Interlocked.Increment(ref _tables)}";
}
