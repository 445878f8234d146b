using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Alerting;

/// <summary>The tables of rules, streams, alerts and incidents in the state database.</summary>
public static class AlertingTables
{
    extension(StateDbContext db)
    {
        public DbSet<RuleRow> Rules => db.Set<RuleRow>();

        public DbSet<AlertCursorRow> AlertCursors => db.Set<AlertCursorRow>();

        public DbSet<AlertStreamRow> AlertStreams => db.Set<AlertStreamRow>();

        public DbSet<AlertRow> Alerts => db.Set<AlertRow>();

        public DbSet<IncidentRow> Incidents => db.Set<IncidentRow>();

        public DbSet<IncidentNoteRow> IncidentNotes => db.Set<IncidentNoteRow>();
    }

    internal sealed class RuleRowMapping : IEntityTypeConfiguration<RuleRow>
    {
        public void Configure(EntityTypeBuilder<RuleRow> rule)
        {
            rule.ToTable("rule");
            rule.HasIndex(row => new { row.ModelId, row.Name }).IsUnique();
        }
    }

    internal sealed class AlertCursorRowMapping : IEntityTypeConfiguration<AlertCursorRow>
    {
        public void Configure(EntityTypeBuilder<AlertCursorRow> cursor)
        {
            cursor.ToTable("alert_cursor");
            cursor.HasKey(row => new { row.ModelId, row.WindowSeconds, row.Mature });
        }
    }

    internal sealed class AlertStreamRowMapping : IEntityTypeConfiguration<AlertStreamRow>
    {
        public void Configure(EntityTypeBuilder<AlertStreamRow> stream)
        {
            stream.ToTable("alert_stream");
            stream.HasIndex(row => row.ModelId);
        }
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
