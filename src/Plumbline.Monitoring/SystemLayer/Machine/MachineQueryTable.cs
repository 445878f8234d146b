using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Monitoring.SystemLayer.Machine;

/// <summary>A declared query of a model, as it is stored.</summary>
public sealed class MachineQueryRow
{
    public int ModelId { get; set; }

    /// <summary>Name of the metric that it gives.</summary>
    public required string Metric { get; set; }

    /// <summary>The JSON of its <see cref="MachineQuery"/>.</summary>
    public required string Definition { get; set; }

    public long UpdatedAtMs { get; set; }

    public required string UpdatedBy { get; set; }

    /// <summary>Windows that end by this time have been asked for.</summary>
    public long PulledToMs { get; set; }

    /// <summary>When it was asked last; null before the first time.</summary>
    public long? AskedAtMs { get; set; }

    /// <summary>Why the last question gave nothing that can be used; null when it did.</summary>
    public string? Problem { get; set; }

    /// <summary>Since when that is so; null while all is well.</summary>
    public long? ProblemSinceMs { get; set; }

    /// <summary>Failures one after the other.</summary>
    public int Failures { get; set; }
}

/// <summary>The table of queries in the state database.</summary>
public static class MachineQueryTable
{
    extension(StateDbContext db)
    {
        public DbSet<MachineQueryRow> MachineQueries => db.Set<MachineQueryRow>();
    }

    internal sealed class MachineQueryRowMapping : IEntityTypeConfiguration<MachineQueryRow>
    {
        public void Configure(EntityTypeBuilder<MachineQueryRow> query)
        {
            query.ToTable("machine_query");
            query.HasKey(row => new { row.ModelId, row.Metric });
        }
    }
}
