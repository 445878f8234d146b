using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Incidents;

/// <summary>The tables of incidents in the state database.</summary>
public static class IncidentTables
{
    extension(StateDbContext db)
    {
        public DbSet<IncidentRow> Incidents => db.Set<IncidentRow>();

        public DbSet<IncidentNoteRow> IncidentNotes => db.Set<IncidentNoteRow>();
    }

    internal sealed class IncidentRowMapping : IEntityTypeConfiguration<IncidentRow>
    {
        public void Configure(EntityTypeBuilder<IncidentRow> incident)
        {
            incident.ToTable("incident");
            incident.HasIndex(row => new { row.State, row.FiredMs });
            // Its name in databases of former releases.
            incident.Property(row => row.Facts).HasColumnName("Story");
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
