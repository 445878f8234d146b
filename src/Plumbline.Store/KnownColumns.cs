using System.Globalization;

namespace Plumbline.Store;

/// <summary>The columns of features that a table has.</summary>
/// <param name="ByOrdinal">Their types, by the number that is in their name.</param>
internal sealed record KnownColumns(IReadOnlyDictionary<int, ColumnType> ByOrdinal)
{
    /// <summary>Whether all are there. Throws where one is there with another type.</summary>
    public bool Covers(IReadOnlyList<FeatureColumn> features)
    {
        foreach (var feature in features)
        {
            if (!ByOrdinal.TryGetValue(feature.Ordinal, out var type))
                return false;
            if (type != feature.Type)
                throw new InvalidOperationException($"Column {feature.Name} is stored as {type} and cannot become {feature.Type}.");
        }
        return true;
    }

    /// <summary>Asks the engine.</summary>
    public static async Task<KnownColumns> ReadAsync(IColumnStore store, string table, CancellationToken ct)
    {
        using var rows = await store.QueryAsync(
            new SqlStatement(
                "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String} AND "
                    + "match(name, '^f[0-9]+$')",
                new SqlParameter("table", table)
            ),
            ct
        );
        var columns = new Dictionary<int, ColumnType>();
        while (rows.Read())
        {
            var ordinal = OrdinalOf(rows.ReadString());
            var type = rows.ReadString();
            columns[ordinal] = Enum.GetValues<ColumnType>().First(candidate => new FeatureColumn(ordinal, candidate).EngineType == type);
        }
        return new KnownColumns(columns);
    }

    /// <summary>Ordinals of columns that still read as the converted values of others.</summary>
    public static async Task<IReadOnlySet<int>> ConvertingAsync(IColumnStore store, string table, CancellationToken ct)
    {
        using var rows = await store.QueryAsync(
            new SqlStatement(
                """
                SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {table:String} AND match(name, '^f[0-9]+$')
                    AND default_kind = 'DEFAULT' AND default_expression != 'nan'
                """,
                new SqlParameter("table", table)
            ),
            ct
        );
        var ordinals = new HashSet<int>();
        while (rows.Read())
            ordinals.Add(OrdinalOf(rows.ReadString()));
        return ordinals;
    }

    private static int OrdinalOf(string column) => int.Parse(column.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture);
}
