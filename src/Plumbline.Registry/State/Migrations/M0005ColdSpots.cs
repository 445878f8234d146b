using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Plumbline.Registry.State.Migrations;

/// <summary>Finished searches for cold spots.</summary>
[DbContext(typeof(StateDbContext))]
[Migration("0005_cold_spots")]
public sealed class M0005ColdSpots : StateMigration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "cold_spot_run",
            table => new
            {
                Id = table.Column<long>(nullable: false).Annotation("Sqlite:Autoincrement", value: true),
                ModelId = table.Column<int>(nullable: false),
                ComputedAtMs = table.Column<long>(nullable: false),
                Content = table.Column<string>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_cold_spot_run", row => row.Id)
        );
        migrationBuilder.CreateIndex("IX_cold_spot_run_ModelId", "cold_spot_run", "ModelId");
    }
}
