using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Plumbline.Registry.State.Migrations;

/// <summary>Deletions of models that have been begun and are not finished.</summary>
[DbContext(typeof(StateDbContext))]
[Migration("0006_model_removal")]
public sealed class M0006ModelRemoval : StateMigration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.CreateTable(
            "model_removal",
            table => new
            {
                ModelId = table.Column<int>(nullable: false),
                Name = table.Column<string>(nullable: false),
                Definition = table.Column<string>(nullable: false),
                BegunAtMs = table.Column<long>(nullable: false),
                LastError = table.Column<string>(nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_model_removal", row => row.ModelId)
        );
}
