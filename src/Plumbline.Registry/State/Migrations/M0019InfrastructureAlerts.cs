using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Plumbline.Registry.State.Migrations;

/// <summary>Alerts of the infrastructure, as an Alertmanager told of them.</summary>
[DbContext(typeof(StateDbContext))]
[Migration("0019_infrastructure_alerts")]
public sealed class M0019InfrastructureAlerts : StateMigration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "infrastructure_alert",
            table => new
            {
                Id = table.Column<long>(nullable: false).Annotation("Sqlite:Autoincrement", value: true),
                Fingerprint = table.Column<string>(nullable: false),
                Name = table.Column<string>(nullable: false),
                Severity = table.Column<string>(nullable: false),
                Model = table.Column<string>(nullable: false),
                Summary = table.Column<string>(nullable: false),
                Labels = table.Column<string>(nullable: false),
                StartsAtMs = table.Column<long>(nullable: false),
                EndsAtMs = table.Column<long>(nullable: true),
                ReceivedAtMs = table.Column<long>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_infrastructure_alert", row => row.Id)
        );
        migrationBuilder.CreateIndex(
            "IX_infrastructure_alert_Fingerprint_StartsAtMs",
            "infrastructure_alert",
            ["Fingerprint", "StartsAtMs"],
            unique: true
        );
        migrationBuilder.CreateIndex("IX_infrastructure_alert_StartsAtMs", "infrastructure_alert", "StartsAtMs");
    }
}
