using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Plumbline.Registry.State.Migrations;

/// <summary>
/// To which folder the file belongs. The table is there already when a start has written it, which happens before migrations.
/// </summary>
[DbContext(typeof(StateDbContext))]
[Migration("0007_part_identity")]
public sealed class M0007PartIdentity : StateMigration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(StateDialect.Of(migrationBuilder.ActiveProvider).IdentityTable);
}
