using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Review.Retraining.Runs;

/// <summary>One training that was asked for, as it is stored.</summary>
public sealed class RetrainingRunRow
{
    public long Id { get; set; }

    /// <summary>By which it is known outside; ids over there are made of it.</summary>
    public required string Key { get; set; }

    public int ModelId { get; set; }

    /// <summary>Name of the trigger; null by hand.</summary>
    public string? Trigger { get; set; }

    /// <summary>What the trigger fired about: of one trigger each only once. Null by hand.</summary>
    public string? Occasion { get; set; }

    public required string Reason { get; set; }

    /// <summary>JSON of what the trigger saw; null by hand.</summary>
    public string? Evidence { get; set; }

    public required string Target { get; set; }

    /// <summary>Name of the data set that is built for it; null for none.</summary>
    public string? Dataset { get; set; }

    /// <summary>Its version, when it is built.</summary>
    public int? DatasetVersion { get; set; }

    /// <summary>One of <see cref="RunState"/>.</summary>
    public int State { get; set; }

    /// <summary>It waits for somebody's word.</summary>
    public bool NeedsApproval { get; set; }

    public string? ApprovedBy { get; set; }

    /// <summary>JSON of what the target is told, written before the first attempt; null before.</summary>
    public string? Request { get; set; }

    /// <summary>The secret of the callback, encrypted; null once the target has it.</summary>
    public string? Token { get; set; }

    /// <summary>SHA-256 of that secret, lower-case hex.</summary>
    public required string TokenHash { get; set; }

    /// <summary>Attempts to give it to the target.</summary>
    public int Attempts { get; set; }

    /// <summary>When there is something to do about it, epoch milliseconds.</summary>
    public long DueAtMs { get; set; }

    /// <summary>By which the target knows it; null when it did not say.</summary>
    public string? RemoteId { get; set; }

    /// <summary>The version that it made; null before it said.</summary>
    public string? Version { get; set; }

    public string? Message { get; set; }

    /// <summary>JSON of what it measured.</summary>
    public string? Metrics { get; set; }

    public required string RequestedBy { get; set; }

    public long RequestedAtMs { get; set; }

    /// <summary>When it was first sent, epoch milliseconds.</summary>
    public long? SentAtMs { get; set; }

    /// <summary>When anything was last heard of it, epoch milliseconds.</summary>
    public long? HeardAtMs { get; set; }

    public long? FinishedAtMs { get; set; }
}

/// <summary>The table of runs in the state database.</summary>
public static class RunTable
{
    extension(StateDbContext db)
    {
        public DbSet<RetrainingRunRow> RetrainingRuns => db.Set<RetrainingRunRow>();
    }

    internal sealed class RetrainingRunRowMapping : IEntityTypeConfiguration<RetrainingRunRow>
    {
        public void Configure(EntityTypeBuilder<RetrainingRunRow> run)
        {
            run.ToTable("retraining_run");
            run.HasIndex(row => row.Key).IsUnique();
            run.HasIndex(row => new { row.ModelId, row.Id });
            run.HasIndex(row => new { row.State, row.DueAtMs });
            run.HasIndex(row => new
                {
                    row.ModelId,
                    row.Trigger,
                    row.Occasion,
                })
                .IsUnique();
        }
    }
}
