using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Plumbline.Registry.State.Migrations;

/// <summary>What is asked of a Prometheus about the machines of models, and how that went.</summary>
[DbContext(typeof(StateDbContext))]
[Migration("0018_machine_queries")]
public sealed class M0018MachineQueries : StateMigration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.CreateTable(
            "machine_query",
            table => new
            {
                ModelId = table.Column<int>(nullable: false),
                Metric = table.Column<string>(nullable: false),
                Definition = table.Column<string>(nullable: false),
                UpdatedAtMs = table.Column<long>(nullable: false),
                UpdatedBy = table.Column<string>(nullable: false),
                PulledToMs = table.Column<long>(nullable: false),
                AskedAtMs = table.Column<long>(nullable: true),
                Problem = table.Column<string>(nullable: true),
                ProblemSinceMs = table.Column<long>(nullable: true),
                Failures = table.Column<int>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_machine_query", row => new { row.ModelId, row.Metric })
        );
}
