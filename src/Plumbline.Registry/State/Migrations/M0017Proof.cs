using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Plumbline.Registry.State.Migrations;

/// <summary>Which versions of a model answered the held-out rows of which data sets.</summary>
[DbContext(typeof(StateDbContext))]
[Migration("0017_proof")]
public sealed class M0017Proof : StateMigration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "held_out_answers",
            table => new
            {
                Id = table.Column<int>(nullable: false).Annotation("Sqlite:Autoincrement", value: true),
                ModelId = table.Column<int>(nullable: false),
                DatasetId = table.Column<int>(nullable: false),
                Number = table.Column<int>(nullable: false),
                Version = table.Column<string>(nullable: false),
                Rows = table.Column<long>(nullable: false),
                GivenAtMs = table.Column<long>(nullable: false),
                GivenBy = table.Column<string>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_held_out_answers", row => row.Id)
        );
        migrationBuilder.CreateIndex(
            "IX_held_out_answers_DatasetId_Number_Version",
            "held_out_answers",
            ["DatasetId", "Number", "Version"],
            unique: true
        );
        migrationBuilder.CreateIndex("IX_held_out_answers_ModelId", "held_out_answers", "ModelId");
    }
}
