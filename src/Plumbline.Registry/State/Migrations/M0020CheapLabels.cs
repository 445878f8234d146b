using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Plumbline.Registry.State.Migrations;

/// <summary>What each cheap label says of all predictions that a draw was made from.</summary>
[DbContext(typeof(StateDbContext))]
[Migration("0020_cheap_labels")]
public sealed class M0020CheapLabels : StateMigration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AddColumn<string>("CheapMeans", "review_draw", nullable: true);
}
