using Microsoft.EntityFrameworkCore;
using Plumbline.Server.Alerting;
using Plumbline.Server.Alerting.Delivery;
using Plumbline.Server.Outcomes.Sources;
using Plumbline.Server.Segments.ColdSpots;

namespace Plumbline.Server.State;

/// <summary>
/// What people declared and what the server must remember besides facts: models, versions, baselines, windows to compute.
/// Facts (events, profiles, metric points) are in the engine. One capability owns each set; others ask that capability.
/// </summary>
public sealed class StateDbContext(DbContextOptions<StateDbContext> options) : DbContext(options)
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

    /// <summary>Owned by References.</summary>
    public DbSet<BaselineRow> Baselines => Set<BaselineRow>();

    /// <summary>Owned by Profiles.</summary>
    public DbSet<SegmentValueRow> SegmentValues => Set<SegmentValueRow>();

    /// <summary>Owned by Alerting/Delivery.</summary>
    public DbSet<NotificationRow> Notifications => Set<NotificationRow>();

    /// <summary>Owned by Alerting/Delivery.</summary>
    public DbSet<DeliveryRow> Deliveries => Set<DeliveryRow>();

    /// <summary>Owned by Alerting/Delivery.</summary>
    public DbSet<DeliveryItemRow> DeliveryItems => Set<DeliveryItemRow>();

    /// <summary>Owned by Alerting/Delivery.</summary>
    public DbSet<ReceiverRow> Receivers => Set<ReceiverRow>();

    /// <summary>Owned by Alerting/Delivery.</summary>
    public DbSet<RemindedAlertRow> RemindedAlerts => Set<RemindedAlertRow>();

    /// <summary>Owned by Alerting/Delivery.</summary>
    public DbSet<SilenceRow> Silences => Set<SilenceRow>();

    /// <summary>Owned by Alerting/Rules.</summary>
    public DbSet<RuleRow> Rules => Set<RuleRow>();

    /// <summary>Owned by Alerting/Evaluation.</summary>
    public DbSet<AlertCursorRow> AlertCursors => Set<AlertCursorRow>();

    /// <summary>Owned by Alerting/Evaluation.</summary>
    public DbSet<AlertStreamRow> AlertStreams => Set<AlertStreamRow>();

    /// <summary>Owned by Alerting/Incidents.</summary>
    public DbSet<AlertRow> Alerts => Set<AlertRow>();

    /// <summary>Owned by Alerting/Incidents.</summary>
    public DbSet<IncidentRow> Incidents => Set<IncidentRow>();

    /// <summary>Owned by Alerting/Incidents.</summary>
    public DbSet<IncidentNoteRow> IncidentNotes => Set<IncidentNoteRow>();

    /// <summary>Owned by Outcomes/Sources.</summary>
    public DbSet<OutcomeSourceRow> OutcomeSources => Set<OutcomeSourceRow>();

    /// <summary>Owned by Segments/ColdSpots.</summary>
    public DbSet<ColdSpotRunRow> ColdSpotRuns => Set<ColdSpotRunRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        AlertingModel.Describe(modelBuilder);
        DeliveryModel.Describe(modelBuilder);
        OutcomeSourceRow.Describe(modelBuilder);
        modelBuilder.Entity<ColdSpotRunRow>(run =>
        {
            run.ToTable("cold_spot_run");
            run.HasIndex(row => row.ModelId);
        });
        modelBuilder.Entity<ModelRow>(model =>
        {
            model.ToTable("model");
            model.HasIndex(row => row.Name).IsUnique();
        });
        modelBuilder.Entity<ModelVersionRow>(version =>
        {
            version.ToTable("model_version");
            version.HasKey(row => new { row.ModelId, row.Version });
        });
        modelBuilder.Entity<ModelRemovalRow>(removal =>
        {
            removal.ToTable("model_removal");
            removal.HasKey(row => row.ModelId);
            removal.Property(row => row.ModelId).ValueGeneratedNever();
        });
        modelBuilder.Entity<PartIdentityRow>(identity =>
        {
            identity.ToTable("part_identity");
            identity.HasKey(row => row.StoreId);
        });
        modelBuilder.Entity<BaselineRow>(baseline =>
        {
            baseline.ToTable("baseline");
            baseline.HasKey(row => row.ModelId);
            baseline.Property(row => row.ModelId).ValueGeneratedNever();
        });
        modelBuilder.Entity<SegmentValueRow>(value =>
        {
            value.ToTable("segment_value");
            value.HasKey(row => new { row.ModelId, row.Key, row.Value });
        });
        modelBuilder.Entity<DirtyWindowRow>(window =>
        {
            window.ToTable("dirty_window");
            window.HasKey(row => new { row.ModelId, row.Seconds, row.StartMs });
            window.HasIndex(row => row.NotBeforeMs);
        });
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

    /// <summary>Grows with each mark, so that a mark made during a computation is not lost when that computation clears its windows.</summary>
    public long Mark { get; set; }

    /// <summary>
    /// Not taken before this instant, epoch milliseconds: set by the first mark (so that a window which is marked all the time is still computed) to when the window is
    /// closed, and by failures.
    /// </summary>
    public long NotBeforeMs { get; set; }

    public int Attempts { get; set; }

    public string? LastError { get; set; }
}

/// <summary>The baseline of a model: its bins and its own counts in them. The reference's rows are in the engine.</summary>
public sealed class BaselineRow
{
    public int ModelId { get; set; }

    public int Generation { get; set; }

    /// <summary>The JSON of the Baseline.</summary>
    public required string Content { get; set; }

    /// <summary>False until every window of the model is on the list to be computed on these bins; a start finishes what a crash interrupted.</summary>
    public bool WindowsMarked { get; set; }
}

/// <summary>A value of a segment dimension that is told apart.</summary>
public sealed class SegmentValueRow
{
    public int ModelId { get; set; }

    public required string Key { get; set; }

    public required string Value { get; set; }

    /// <summary>Order in which the values were seen.</summary>
    public int Ordinal { get; set; }
}
