using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Evaluation;
using Plumbline.Registry.State;
using Plumbline.Server.Hosting;

namespace Plumbline.Server.Tests.State;

/// <summary>Migrations are written by hand, once for all databases: what they make must be what the model says, on each.</summary>
[Collection(StateCollection.Name)]
public sealed class MigrationTests(StateDatabases databases)
{
    [Theory, InlineData(StateKind.Sqlite), InlineData(StateKind.Postgresql)]
    public async Task Migrations_make_the_schema_that_the_model_describes(StateKind kind)
    {
        await using var world = await databases.WorldAsync(kind);
        await using var migrated = await world.OpenAsync();
        var options = kind == StateKind.Sqlite ? world.Options : await databases.NewAsync();
        await using var created = StatePlace
            .Of(Directory.CreateDirectory(databases.NewFolder()).FullName, options)
            .Open(PlumblineHost.StateTables);
        await created.Database.EnsureCreatedAsync();
        var expected = await ColumnsAsync(created, kind);
        Assert.True(expected.Count > 100);
        Assert.Equal(expected, await ColumnsAsync(migrated, kind));
    }

    [Fact]
    public async Task A_folder_of_an_earlier_version_keeps_what_is_in_it()
    {
        var folder = Directory.CreateDirectory(databases.NewFolder()).FullName;
        await using (var world = await StateWorld.OpenAsync(folder, new StateOptions()))
        await using (var db = await world.OpenAsync())
        {
            await db.Database.ExecuteSqlRawAsync(
                """
                ALTER TABLE alert_stream DROP COLUMN Reason;
                DELETE FROM __EFMigrationsHistory WHERE MigrationId = '0010_stream_reason';
                INSERT INTO alert_stream (ModelId, Rule, Metric, Feature, Class, Segment, Version, Status, State)
                VALUES (1, 'r', 'm', '', '', '', '', 3, '{{"reason":"too few rows: 3 of 30"}}'),
                    (1, 'r', 'm', 'f', '', '', '', 0, '{{"quiet":1}}')
                """
            );
        }

        await using var later = await StateWorld.OpenAsync(folder, new StateOptions());
        var counts = await later.Get<AlertStreamReader>().CountAsync(null, default);
        Assert.Equal(
            [new(1, "r", StreamStatus.Inactive, "", 1), new(1, "r", StreamStatus.CannotJudge, "too few rows", 1)],
            counts.OrderBy(count => count.Status)
        );
    }

    // Tables, columns with their types and places in the key, and indexes.
    private static async Task<List<string>> ColumnsAsync(StateDbContext db, StateKind kind) =>
        await db
            .Database.SqlQueryRaw<string>(
                kind == StateKind.Sqlite
                    ? """
                    SELECT m.type || ' ' || m.name || ' ' || coalesce(c.name, '') || ' ' || coalesce(c.type,
                        '') || ' ' || coalesce(c."notnull", '') || ' ' || coalesce(c.pk, '') AS Value
                    FROM sqlite_master m LEFT JOIN pragma_table_info(m.name) c
                    WHERE m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '\_\_EF%' ESCAPE '\' ORDER BY m.name, c.name
                    """
                    : """
                    SELECT "Value" FROM (
                        SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, collation_name, is_identity,
                            identity_generation) AS "Value"
                        FROM information_schema.columns WHERE table_schema = 'public'
                        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
                        UNION ALL SELECT concat_ws(' ', conrelid::regclass::text, conname, pg_get_constraintdef(oid)) FROM pg_constraint
                            WHERE connamespace = 'public'::regnamespace
                    ) AS everything WHERE "Value" NOT LIKE '%\_\_EF%' ORDER BY "Value" COLLATE "C"
                    """
            )
            .ToListAsync();
}
