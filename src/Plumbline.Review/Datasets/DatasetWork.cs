using System.Globalization;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Review.Datasets;

/// <summary>What a version is made of while it is made: tables of the engine that go with it.</summary>
internal sealed class DatasetWork(IColumnStore store, ModelDefinition model, DatasetRecipe recipe, Baseline? baseline, DateTimeOffset now)
    : IAsyncDisposable
{
    private const string Prefix = "building_dataset";
    private static readonly DateTimeOffset First = new(1970, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static int _last;

    private readonly List<string> _tables = [];
    private string? _chosen;
    private string? _rows;

    public ModelDefinition Model { get; } = model;

    public DatasetRecipe Recipe { get; } = recipe;

    public Baseline? Baseline { get; } = baseline;

    public bool IsNumber => Model.Task == ModelTask.Regression;

    /// <summary>Inclusive.</summary>
    public DateTimeOffset From { get; } = recipe.Days is { } days ? now - TimeSpan.FromDays(days) : recipe.From ?? First;

    /// <summary>Exclusive.</summary>
    public DateTimeOffset To { get; } = recipe.Days is null && recipe.To is { } to ? to : now;

    /// <summary>Ids of what was chosen.</summary>
    public string Chosen => _chosen ??= NewTable("chosen");

    /// <summary>The gathered rows.</summary>
    public string Rows => _rows ??= NewTable("rows");

    /// <summary>The condition of gathered rows that are not left out.</summary>
    public string Kept => Recipe.Conflict == LabelConflict.Drop ? "NOT is_disputed" : "1";

    /// <summary>A name that no other version's table has; the table is dropped with this.</summary>
    public string NewTable(string what)
    {
        var table = NameOfTable(what);
        _tables.Add(table);
        return table;
    }

    /// <summary>A name that no other table has; a start drops what a crash left of such tables.</summary>
    /// <param name="what">Of what, in small letters.</param>
    public static string NameOfTable(string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}_{Interlocked.Increment(ref _last)}_{what}");

    public async ValueTask DisposeAsync()
    {
        foreach (var table in _tables)
            await store.ExecuteAsync(new SqlStatement($"DROP TABLE IF EXISTS {table} SYNC"), CancellationToken.None);
    }

    /// <summary>Drops what a crash left behind.</summary>
    public static async Task DropLeftOversAsync(IColumnStore store, CancellationToken cancellation)
    {
        var tables = new List<string>();
        using (
            var rows = await store.QueryAsync(
                new SqlStatement(
                    $"SELECT name FROM system.tables WHERE database = currentDatabase() AND match(name, '^{Prefix}_[0-9]+_[a-z]+$')"
                ),
                cancellation
            )
        )
        {
            while (rows.Read())
                tables.Add(rows.ReadString());
        }

        foreach (var table in tables)
            await store.ExecuteAsync(new SqlStatement($"DROP TABLE IF EXISTS {table} SYNC"), cancellation);
    }
}

/// <summary>Short questions to the engine.</summary>
internal static class EngineQuestions
{
    /// <summary>The one number of a statement that counts.</summary>
    public static async Task<long> CountAsync(this IColumnStore store, SqlStatement statement, CancellationToken cancellation)
    {
        using var rows = await store.QueryAsync(statement, cancellation);
        return rows.Read() ? (long)rows.ReadUInt64() : 0;
    }
}
