using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Plumbline.Registry.State.Migrations;

/// <summary>Windows that may be computed now are found without reading those that may not.</summary>
[DbContext(typeof(StateDbContext))]
[Migration("0008_due_windows")]
public sealed class M0008DueWindows : StateMigration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.CreateIndex("IX_dirty_window_NotBeforeMs", "dirty_window", "NotBeforeMs");
}
