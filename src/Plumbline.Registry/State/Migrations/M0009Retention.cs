using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Plumbline.Registry.State.Migrations;

/// <summary>Up to when what a model keeps was deleted because its retention had passed, and how much that was.</summary>
[DbContext(typeof(StateDbContext))]
[Migration("0009_retention")]
public sealed class M0009Retention : StateMigration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.CreateTable(
            "model_expiry",
            table => new
            {
                ModelId = table.Column<int>(nullable: false),
                Data = table.Column<string>(nullable: false),
                BeforeMs = table.Column<long>(nullable: false),
                Rows = table.Column<long>(nullable: false),
                Merged = table.Column<long>(nullable: false),
                IsFinished = table.Column<bool>(nullable: false),
                AtMs = table.Column<long>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_model_expiry", row => new { row.ModelId, row.Data })
        );
}
