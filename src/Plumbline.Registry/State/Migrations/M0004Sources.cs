using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Plumbline.Registry.State.Migrations;

/// <summary>Sources of outcomes, each with its cursor.</summary>
[DbContext(typeof(StateDbContext))]
[Migration("0004_sources")]
public sealed class M0004Sources : StateMigration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "outcome_source",
            table => new
            {
                Id = table.Column<long>(nullable: false).Annotation("Sqlite:Autoincrement", value: true),
                ModelId = table.Column<int>(nullable: false),
                Name = table.Column<string>(nullable: false),
                Specification = table.Column<string>(nullable: false),
                Generation = table.Column<int>(nullable: false),
                Enabled = table.Column<bool>(nullable: false),
                Shape = table.Column<string>(nullable: true),
                CursorWatermark = table.Column<long>(nullable: true),
                CursorTie = table.Column<string>(nullable: true),
                CursorIsTime = table.Column<bool>(nullable: false),
                CursorMovedMs = table.Column<long>(nullable: false),
                PullBeganMs = table.Column<long>(nullable: true),
                CompleteBeganMs = table.Column<long>(nullable: true),
                LastPullMs = table.Column<long>(nullable: true),
                NextPullMs = table.Column<long>(nullable: false),
                Failures = table.Column<int>(nullable: false),
                FailingSinceMs = table.Column<long>(nullable: true),
                ErrorCode = table.Column<string>(nullable: true),
                Error = table.Column<string>(nullable: true),
                Taken = table.Column<long>(nullable: false),
                Duplicates = table.Column<long>(nullable: false),
                Rejected = table.Column<long>(nullable: false),
                RejectedRows = table.Column<string>(nullable: true),
                ChangedBy = table.Column<string>(nullable: false),
                ChangedAtMs = table.Column<long>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_outcome_source", row => row.Id)
        );
        migrationBuilder.CreateIndex("IX_outcome_source_ModelId_Name", "outcome_source", ["ModelId", "Name"], unique: true);
    }
}
