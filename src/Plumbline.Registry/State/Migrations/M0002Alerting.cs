using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Plumbline.Registry.State.Migrations;

/// <summary>Rules, the streams they watch, alerts and incidents.</summary>
[DbContext(typeof(StateDbContext))]
[Migration("0002_alerting")]
public sealed class M0002Alerting : StateMigration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        CreateRules(migrationBuilder);
        CreateStreams(migrationBuilder);
        CreateIncidents(migrationBuilder);
    }

    private static void CreateRules(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "rule",
            table => new
            {
                Id = table.Column<long>(nullable: false).Annotation("Sqlite:Autoincrement", value: true),
                ModelId = table.Column<int>(nullable: false),
                Name = table.Column<string>(nullable: false),
                Definition = table.Column<string>(nullable: true),
                Source = table.Column<int>(nullable: false),
                Enabled = table.Column<bool>(nullable: false),
                UpdatedAtMs = table.Column<long>(nullable: false),
                UpdatedBy = table.Column<string>(nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_rule", row => row.Id)
        );
        migrationBuilder.CreateIndex("IX_rule_ModelId_Name", "rule", ["ModelId", "Name"], unique: true);
        migrationBuilder.CreateTable(
            "alert_cursor",
            table => new
            {
                ModelId = table.Column<int>(nullable: false),
                WindowSeconds = table.Column<int>(nullable: false),
                Mature = table.Column<bool>(nullable: false),
                JudgedToMs = table.Column<long>(nullable: false),
                LiveAtMs = table.Column<long>(nullable: false),
            },
            constraints: table =>
                table.PrimaryKey(
                    "PK_alert_cursor",
                    row => new
                    {
                        row.ModelId,
                        row.WindowSeconds,
                        row.Mature,
                    }
                )
        );
    }

    private static void CreateStreams(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "alert_stream",
            table => new
            {
                Id = table.Column<long>(nullable: false).Annotation("Sqlite:Autoincrement", value: true),
                ModelId = table.Column<int>(nullable: false),
                Rule = table.Column<string>(nullable: false),
                Metric = table.Column<string>(nullable: false),
                Feature = table.Column<string>(nullable: false),
                Class = table.Column<string>(nullable: false),
                Segment = table.Column<string>(nullable: false),
                Version = table.Column<string>(nullable: false),
                Status = table.Column<int>(nullable: false),
                State = table.Column<string>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_alert_stream", row => row.Id)
        );
        migrationBuilder.CreateIndex("IX_alert_stream_ModelId", "alert_stream", "ModelId");
        migrationBuilder.CreateTable(
            "alert",
            table => new
            {
                Id = table.Column<long>(nullable: false).Annotation("Sqlite:Autoincrement", value: true),
                ModelId = table.Column<int>(nullable: false),
                IncidentId = table.Column<long>(nullable: false),
                Rule = table.Column<string>(nullable: false),
                Metric = table.Column<string>(nullable: false),
                Feature = table.Column<string>(nullable: false),
                Class = table.Column<string>(nullable: false),
                Segment = table.Column<string>(nullable: false),
                Version = table.Column<string>(nullable: false),
                OnsetMs = table.Column<long>(nullable: false),
                FiredMs = table.Column<long>(nullable: false),
                ResolvedMs = table.Column<long>(nullable: true),
                Severity = table.Column<int>(nullable: false),
                Evidence = table.Column<string>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_alert", row => row.Id)
        );
        migrationBuilder.CreateIndex("IX_alert_ModelId_ResolvedMs", "alert", ["ModelId", "ResolvedMs"]);
        migrationBuilder.CreateIndex("IX_alert_IncidentId", "alert", "IncidentId");
    }

    private static void CreateIncidents(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "incident",
            table => new
            {
                Id = table.Column<long>(nullable: false).Annotation("Sqlite:Autoincrement", value: true),
                ModelId = table.Column<int>(nullable: false),
                State = table.Column<int>(nullable: false),
                Severity = table.Column<int>(nullable: false),
                OnsetMs = table.Column<long>(nullable: false),
                FiredMs = table.Column<long>(nullable: false),
                OpenedAtMs = table.Column<long>(nullable: false),
                AcknowledgedAtMs = table.Column<long>(nullable: true),
                AcknowledgedBy = table.Column<string>(nullable: true),
                ResolvedMs = table.Column<long>(nullable: true),
                ResolvedBy = table.Column<string>(nullable: true),
                InhibitedBy = table.Column<long>(nullable: true),
                Stale = table.Column<bool>(nullable: false),
                ToldSeverity = table.Column<int>(nullable: false),
                ToldResolved = table.Column<bool>(nullable: false),
                Reopened = table.Column<int>(nullable: false),
                Headline = table.Column<string>(nullable: false),
                Story = table.Column<string>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_incident", row => row.Id)
        );
        migrationBuilder.CreateIndex("IX_incident_State_FiredMs", "incident", ["State", "FiredMs"]);
        migrationBuilder.CreateTable(
            "incident_note",
            table => new
            {
                Id = table.Column<long>(nullable: false).Annotation("Sqlite:Autoincrement", value: true),
                IncidentId = table.Column<long>(nullable: false),
                AtMs = table.Column<long>(nullable: false),
                Kind = table.Column<string>(nullable: false),
                Who = table.Column<string>(nullable: false),
                Text = table.Column<string>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_incident_note", row => row.Id)
        );
        migrationBuilder.CreateIndex("IX_incident_note_IncidentId", "incident_note", "IncidentId");
    }
}
