using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Plumbline.Registry.State.Migrations;

/// <summary>Why a stream cannot be judged stands in a column of its own: streams are counted by it.</summary>
[DbContext(typeof(StateDbContext))]
[Migration("0010_stream_reason")]
public sealed class M0010StreamReason : StateMigration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("Reason", "alert_stream", nullable: false, defaultValue: "");
        var reason = StateDialect.Of(migrationBuilder.ActiveProvider).JsonText("State", "reason");
        migrationBuilder.Sql($"UPDATE alert_stream SET \"Reason\" = {reason}");
    }
}
