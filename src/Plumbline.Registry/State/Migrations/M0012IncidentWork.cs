using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Plumbline.Registry.State.Migrations;

/// <summary>Incidents are assigned to somebody, and it is counted how often they came back.</summary>
[DbContext(typeof(StateDbContext))]
[Migration("0012_incident_work")]
public sealed class M0012IncidentWork : StateMigration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("AssignedTo", "incident", nullable: true);
        migrationBuilder.AddColumn<int>("Regressions", "incident", nullable: false, defaultValue: 0);
    }
}
