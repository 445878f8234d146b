using Microsoft.EntityFrameworkCore;

namespace Plumbline.Registry.State;

/// <summary>
/// What people declared and what the server must remember besides facts: models, versions, baselines, windows to compute.
/// Facts (events, profiles, metric points) are in the engine. One capability owns each set; others ask that capability.
/// </summary>
public sealed class StateDbContext(DbContextOptions<StateDbContext> options, StateTables tables) : DbContext(options)
{
    /// <summary>Owned by Models.</summary>
    public DbSet<ModelRow> Models => Set<ModelRow>();

    /// <summary>Owned by Models.</summary>
    public DbSet<ModelVersionRow> ModelVersions => Set<ModelVersionRow>();

    /// <summary>Owned by Models.</summary>
    public DbSet<ModelRemovalRow> ModelRemovals => Set<ModelRemovalRow>();

    /// <summary>Owned by Integrity.</summary>
    public DbSet<PartIdentityRow> PartIdentities => Set<PartIdentityRow>();

    /// <summary>Owned by Windows.</summary>
    public DbSet<DirtyWindowRow> DirtyWindows => Set<DirtyWindowRow>();

    /// <summary>What differs between databases.</summary>
    internal StateDialect Dialect => StateDialect.Of(Database.ProviderName);

    /// <summary>Makes the tables, or brings them up to date.</summary>
    public Task MigrateAsync(CancellationToken cancellation) => Dialect.MigrateAsync(this, cancellation);

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => Dialect.Configure(configurationBuilder);

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        foreach (var assembly in tables.Assemblies)
            modelBuilder.ApplyConfigurationsFromAssembly(assembly);
    }
}

/// <summary>A declared model; <see cref="Definition"/> is the JSON of its ModelDefinition.</summary>
public sealed class ModelRow
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public required string Definition { get; set; }
}

/// <summary>A model whose deletion has been begun: its name is free, what is stored of it is being dropped.</summary>
public sealed class ModelRemovalRow
{
    public int ModelId { get; set; }

    public required string Name { get; set; }

    /// <summary>The JSON of its ModelDefinition: what is to be dropped depends on it.</summary>
    public required string Definition { get; set; }

    public long BegunAtMs { get; set; }

    /// <summary>Why the last try did not finish; null before the first one ended.</summary>
    public string? LastError { get; set; }
}

/// <summary>To which folder this file belongs and how young it is. Read and written before this context is used, see Integrity.</summary>
public sealed class PartIdentityRow
{
    public required string StoreId { get; set; }

    public long Generation { get; set; }

    public long Confirmed { get; set; }
}

/// <summary>A version of a model, declared or first seen in traffic.</summary>
public sealed class ModelVersionRow
{
    public int ModelId { get; set; }

    public required string Version { get; set; }

    /// <summary>The JSON that PUT brought, or null for a version only seen in traffic.</summary>
    public string? Declaration { get; set; }

    public long FirstSeenMs { get; set; }
}

/// <summary>A window whose profiles and metric points no longer match its events.</summary>
public sealed class DirtyWindowRow
{
    public int ModelId { get; set; }

    /// <summary>Length of the window: the model's base window, a day or a week.</summary>
    public int Seconds { get; set; }

    /// <summary>Start of the window, epoch milliseconds.</summary>
    public long StartMs { get; set; }

    /// <summary>Bit set of why; see DirtyReason.</summary>
    public int Reasons { get; set; }

    /// <summary>
    /// Grows with each mark, so that a mark made during a computation is not lost when that computation clears its windows.
    /// </summary>
    public long Mark { get; set; }

    /// <summary>
    /// Not taken before this instant, epoch milliseconds: set by the first mark (so that a window which is marked all the time is still
    /// computed) to when the window is closed, and by failures.
    /// </summary>
    public long NotBeforeMs { get; set; }

    public int Attempts { get; set; }

    public string? LastError { get; set; }
}
