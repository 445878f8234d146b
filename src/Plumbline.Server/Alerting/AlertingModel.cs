using Microsoft.EntityFrameworkCore;

namespace Plumbline.Server.Alerting;

/// <summary>The tables of rules, streams, alerts and incidents in the state database.</summary>
internal static class AlertingModel
{
    public static void Describe(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<RuleRow>(rule =>
        {
            rule.ToTable("rule");
            rule.HasIndex(row => new { row.ModelId, row.Name }).IsUnique();
        });
        modelBuilder.Entity<AlertCursorRow>(cursor =>
        {
            cursor.ToTable("alert_cursor");
            cursor.HasKey(row => new { row.ModelId, row.WindowSeconds, row.Mature });
        });
        modelBuilder.Entity<AlertStreamRow>(stream =>
        {
            stream.ToTable("alert_stream");
            stream.HasIndex(row => row.ModelId);
        });
        modelBuilder.Entity<AlertRow>(alert =>
        {
            alert.ToTable("alert");
            alert.HasIndex(row => new { row.ModelId, row.ResolvedMs });
            alert.HasIndex(row => row.IncidentId);
        });
        modelBuilder.Entity<IncidentRow>(incident =>
        {
            incident.ToTable("incident");
            incident.HasIndex(row => new { row.State, row.FiredMs });
        });
        modelBuilder.Entity<IncidentNoteRow>(note =>
        {
            note.ToTable("incident_note");
            note.HasIndex(row => row.IncidentId);
        });
    }
}
