using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.OutsideAlerts;

/// <summary>An alert of the infrastructure, as it is stored.</summary>
public sealed class InfrastructureAlertRow
{
    public long Id { get; set; }

    /// <summary>What its labels are told apart by.</summary>
    public required string Fingerprint { get; set; }

    /// <summary>Its label <c>alertname</c>.</summary>
    public required string Name { get; set; }

    /// <summary>Its label <c>severity</c>; empty for none.</summary>
    public required string Severity { get; set; }

    /// <summary>Its label <c>model</c>; empty when it is about all.</summary>
    public required string Model { get; set; }

    /// <summary>Its annotation <c>summary</c> or <c>description</c>; empty for none.</summary>
    public required string Summary { get; set; }

    /// <summary>The JSON of its labels.</summary>
    public required string Labels { get; set; }

    public long StartsAtMs { get; set; }

    /// <summary>Null while it fires.</summary>
    public long? EndsAtMs { get; set; }

    public long ReceivedAtMs { get; set; }
}

/// <summary>The table of alerts of the infrastructure in the state database.</summary>
public static class InfrastructureAlertTable
{
    extension(StateDbContext db)
    {
        public DbSet<InfrastructureAlertRow> InfrastructureAlerts => db.Set<InfrastructureAlertRow>();
    }

    internal sealed class InfrastructureAlertRowMapping : IEntityTypeConfiguration<InfrastructureAlertRow>
    {
        public void Configure(EntityTypeBuilder<InfrastructureAlertRow> alert)
        {
            alert.ToTable("infrastructure_alert");
            alert.HasIndex(row => new { row.Fingerprint, row.StartsAtMs }).IsUnique();
            alert.HasIndex(row => row.StartsAtMs);
        }
    }
}
