using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.State;
using Plumbline.Server.Hosting;

namespace Plumbline.Server.Tests.State;

/// <summary>Migrations are written by hand: what they make must be what the model says.</summary>
public sealed class MigrationTests(TestHost host)
{
    [Fact]
    public async Task Migrations_make_the_schema_that_the_model_describes()
    {
        await using var migrated = await host.Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync();
        var file = Path.Combine(Path.GetTempPath(), $"plumbline-schema-{Guid.NewGuid():N}.db");
        try
        {
            await using var created = new StateDbContext(new DbContextOptionsBuilder<StateDbContext>().UseSqlite($"Data Source={file};Pooling=False").Options, PlumblineHost.StateTables);
            await created.Database.EnsureCreatedAsync();
            var expected = await ColumnsAsync(created);
            Assert.NotEmpty(expected);
            Assert.Equal(expected, await ColumnsAsync(migrated));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<List<string>> ColumnsAsync(StateDbContext db) => await db.Database.SqlQueryRaw<string>(
        """
        SELECT m.type || ' ' || m.name || ' ' || coalesce(c.name, '') || ' ' || coalesce(c.type, '') || ' ' || coalesce(c."notnull", '') || ' ' || coalesce(c.pk, '') AS Value
        FROM sqlite_master m LEFT JOIN pragma_table_info(m.name) c
        WHERE m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '\_\_EF%' ESCAPE '\' ORDER BY m.name, c.name
        """).ToListAsync();
}
