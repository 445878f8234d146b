using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Incidents;

/// <summary>The tables of alerts and incidents in the state database.</summary>
public static class IncidentTables
{
    extension(StateDbContext db)
    {
        public DbSet<AlertRow> Alerts => db.Set<AlertRow>();

        public DbSet<IncidentRow> Incidents => db.Set<IncidentRow>();

        public DbSet<IncidentNoteRow> IncidentNotes => db.Set<IncidentNoteRow>();
    }

    internal sealed class AlertRowMapping : IEntityTypeConfiguration<AlertRow>
    {
        public void Configure(EntityTypeBuilder<AlertRow> alert)
        {
            alert.ToTable("alert");
            alert.HasIndex(row => new { row.ModelId, row.ResolvedMs });
            alert.HasIndex(row => row.IncidentId);
        }
    }

    internal sealed class IncidentRowMapping : IEntityTypeConfiguration<IncidentRow>
    {
        public void Configure(EntityTypeBuilder<IncidentRow> incident)
        {
            incident.ToTable("incident");
            incident.HasIndex(row => new { row.State, row.FiredMs });
            // Its name in databases of former releases.
            incident.Property(row => row.Summary).HasColumnName("Story");
        }
    }

    internal sealed class IncidentNoteRowMapping : IEntityTypeConfiguration<IncidentNoteRow>
    {
        public void Configure(EntityTypeBuilder<IncidentNoteRow> note)
        {
            note.ToTable("incident_note");
            note.HasIndex(row => row.IncidentId);
        }
    }
}
