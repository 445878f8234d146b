using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Plumbline.Store;

/// <summary>
/// Applies the numbered SQL files <c>Migrations/NNNN_name.sql</c> in order, each once per data folder. The engine has no
/// transactions over definitions, so every statement in them must be safe to repeat (<c>IF NOT EXISTS</c>): a crash between
/// a file and its mark runs that file again.
/// </summary>
internal static class StoreMigrations
{
    private const string Prefix = "Migrations/";

    internal sealed record Migration(int Number, string Name, IReadOnlyList<string> Statements);

    internal static async Task ApplyAsync(IColumnStore store, TimeProvider time, ILogger log, CancellationToken ct)
    {
        await store.ExecuteAsync(
            new SqlStatement(
                """
                CREATE TABLE IF NOT EXISTS schema_migrations (number UInt32, name String, applied_at DateTime64(3, 'UTC'))
                ENGINE = MergeTree ORDER BY number
                """
            ),
            ct
        );
        var applied = await ReadAppliedAsync(store, ct);
        var known = ReadEmbedded();
        var newest = applied.Count == 0 ? 0 : applied.Max();
        if (newest > known[^1].Number)
        {
            throw new InvalidOperationException(
                $"The data folder was written by a newer Plumbline (its schema is {newest}, this program knows {known[^1].Number}). "
                    + "Use that version, or another folder."
            );
        }
        foreach (var migration in known.Where(migration => !applied.Contains(migration.Number)))
        {
            foreach (var statement in migration.Statements)
                await store.ExecuteAsync(new SqlStatement(statement), ct);
            await store.ExecuteAsync(
                new SqlStatement(
                    "INSERT INTO schema_migrations SELECT {number:UInt32}, {name:String}, {at:DateTime64(3,'UTC')}",
                    new SqlParameter("number", migration.Number),
                    new SqlParameter("name", migration.Name),
                    new SqlParameter("at", time.GetUtcNow())
                ),
                ct
            );
            log.MigrationApplied(migration.Number, migration.Name);
        }
    }

    internal static IReadOnlyList<Migration> ReadEmbedded()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return
        [
            .. assembly
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => Parse(assembly, name)),
        ];
    }

    private static Migration Parse(Assembly assembly, string resource)
    {
        var file = resource[Prefix.Length..^".sql".Length];
        using var stream = assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        // A statement ends with a semicolon at the end of a line.
        var statements = reader
            .ReadToEnd()
            .ReplaceLineEndings("\n")
            .Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new Migration(int.Parse(file.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture), file[5..], statements);
    }

    private static async Task<HashSet<int>> ReadAppliedAsync(IColumnStore store, CancellationToken ct)
    {
        using var rows = await store.QueryAsync(new SqlStatement("SELECT number FROM schema_migrations"), ct);
        var numbers = new HashSet<int>();
        while (rows.Read())
            numbers.Add((int)rows.ReadUInt32());
        return numbers;
    }
}
