using System.Globalization;
using System.Text;
using Plumbline.Store;

namespace Plumbline.Registry.Integrity;

/// <summary>Looks at the engine as a part of the data folder, and writes the identity into it.</summary>
internal static class EnginePart
{
    private const string OwnTables = "'schema_migrations', 'part_identity'";

    /// <summary>Whether an engine was ever made in the folder.</summary>
    internal static bool Exists(string directory) => Directory.Exists(Path.Combine(directory, "metadata"));

    /// <summary>Reads what the opened engine holds.</summary>
    internal static async Task<PartFacts> LookAsync(IColumnStore store, bool existed, CancellationToken cancellation)
    {
        PartIdentity? identity = null;
        using (
            var rows = await store.QueryAsync(
                new SqlStatement("SELECT store_id, generation, confirmed FROM part_identity ORDER BY version DESC LIMIT 1"),
                cancellation
            )
        )
        {
            if (rows.Read())
                identity = new PartIdentity(rows.ReadString(), (long)rows.ReadUInt64(), (long)rows.ReadUInt64());
        }

        using var content = await store.QueryAsync(
            new SqlStatement(
                $"SELECT toInt64(sum(rows)) FROM system.parts WHERE active AND database = currentDatabase() AND table NOT IN ({OwnTables})"
            ),
            cancellation
        );
        content.Read();
        var hasRows = content.ReadInt64() > 0;
        var numbers = (await ModelTableNamesAsync(store, cancellation)).Select(ModelOf).DefaultIfEmpty(0);
        return new PartFacts(Part.Engine, existed, identity, hasRows, numbers.Max());
    }

    /// <summary>Writes the identity; it is on the disk when this returns.</summary>
    internal static Task WriteAsync(IColumnStore store, PartIdentity identity, CancellationToken cancellation) =>
        store.ExecuteAsync(
            new SqlStatement(
                "INSERT INTO part_identity SELECT {id:String}, {generation:UInt64}, {confirmed:UInt64}, {version:UInt64}",
                new SqlParameter("id", identity.StoreId),
                new SqlParameter("generation", (ulong)identity.Generation),
                new SqlParameter("confirmed", (ulong)identity.Confirmed),
                // The confirmation of a generation is younger than its beginning.
                new SqlParameter("version", (ulong)((2 * identity.Generation) + (identity.Confirmed == identity.Generation ? 1 : 0)))
            ),
            cancellation
        );

    /// <summary>The tables that belong to one model each.</summary>
    internal static async Task<IReadOnlyList<string>> ModelTableNamesAsync(IColumnStore store, CancellationToken cancellation)
    {
        using var rows = await store.QueryAsync(
            new SqlStatement(
                """
                SELECT name FROM system.tables
                WHERE database = currentDatabase() AND match(name, '^(predictions_[0-9]{1,9}|reference_[0-9]{1,9}_[0-9]+)$') ORDER BY name
                """
            ),
            cancellation
        );
        var names = new List<string>();
        while (rows.Read())
            names.Add(rows.ReadString());
        return names;
    }

    /// <summary>The model's number in a name of <see cref="ModelTableNamesAsync"/>.</summary>
    internal static int ModelOf(string table) => int.Parse(table.Split('_')[1], NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>
    /// Definitions of tables that cannot be read: the engine does not open a folder with one of them, and does not say which.
    /// </summary>
    internal static IReadOnlyList<string> DamagedDefinitions(string directory)
    {
        var folder = Path.Combine(directory, "metadata", "default");
        if (!Directory.Exists(folder))
            return [];
        return [.. Directory.EnumerateFiles(folder, "*.sql").Where(file => !IsDefinition(file)).Order(StringComparer.Ordinal)];
    }

    private static bool IsDefinition(string file)
    {
        try
        {
            var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true)
                .GetString(File.ReadAllBytes(file))
                .Trim();
            return text.StartsWith("ATTACH ", StringComparison.Ordinal)
                && text.Contains("ENGINE = ", StringComparison.Ordinal)
                && !text.Contains('\0', StringComparison.Ordinal);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
