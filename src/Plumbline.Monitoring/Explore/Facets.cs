using System.Globalization;
using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Store;

namespace Plumbline.Monitoring.Explore;

/// <summary>A value, or a stretch of numbers, with how many of the found predictions have it.</summary>
/// <param name="Words">As a reader sees it.</param>
/// <param name="Count">Predictions.</param>
/// <param name="Conditions">The filters that keep only those, as in an address.</param>
public sealed record FacetValue(string Words, long Count, IReadOnlyList<string> Conditions);

/// <summary>How a field is spread over the predictions that a search finds.</summary>
/// <param name="Rows">Predictions that the search finds.</param>
/// <param name="Values">The most frequent values first; stretches of numbers in their order.</param>
public sealed record Facet(long Rows, IReadOnlyList<FacetValue> Values);

/// <summary>Counts the values of one field within a search.</summary>
public sealed class Facets(IColumnStore store, ModelTables tables, PredictionScores scores)
{
    /// <summary>Values that are told; a list of more is not read.</summary>
    public const int MostValues = 10;

    /// <summary>Numbers are cut into this many stretches with about as many predictions each.</summary>
    private const int Stretches = 5;

    /// <summary>Whether a field can be told by its values: texts that differ in each row cannot.</summary>
    public static bool Has(SearchField field) =>
        field.Kind is FieldKind.Number or FieldKind.Category or FieldKind.Boolean or FieldKind.Correct;

    public async Task<Facet> ReadAsync(ModelDefinition model, PredictionSearch search, SearchField field, CancellationToken cancellation)
    {
        await tables.EnsureAsync(model.Id, [.. model.Features.Select(ModelColumns.Of)], cancellation);
        search = await search.WithScoresAsync(scores, model, field, cancellation);
        return field.Kind switch
        {
            FieldKind.Number => await NumbersAsync(model, search, field, cancellation),
            FieldKind.Correct => await CorrectAsync(model, search, field, cancellation),
            _ => await ValuesAsync(model, search, field, cancellation),
        };
    }

    private async Task<Facet> ValuesAsync(ModelDefinition model, PredictionSearch search, SearchField field, CancellationToken cancellation)
    {
        var sql = new SearchSql(model, search);
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT ifNull(toString({field.Column}), '') AS value, count() AS n, sum(n) OVER () AS found
            FROM {ModelTables.Predictions(model.Id)} WHERE {sql.Where} GROUP BY value ORDER BY n DESC, value LIMIT {MostValues}
            """
        );
        var values = new List<FacetValue>();
        long all = 0;
        using var rows = await store.QueryAsync(new SqlStatement(text, sql.Parameters), cancellation);
        while (rows.Read())
        {
            var (value, count) = (rows.ReadString(), (long)rows.ReadUInt64());
            all = (long)rows.ReadUInt64();
            values.Add(value.Length == 0 ? Missing(field, count) : new FacetValue(value, count, [$"{field.Name}:eq:{value}"]));
        }

        return new Facet(all, values);
    }

    /// <summary>Numbers in stretches with about as many predictions each: the ends are quantiles, written with few digits.</summary>
    private async Task<Facet> NumbersAsync(
        ModelDefinition model,
        PredictionSearch search,
        SearchField field,
        CancellationToken cancellation
    )
    {
        var sql = new SearchSql(model, search);
        var table = ModelTables.Predictions(model.Id);
        var column = sql.ColumnOf(field);
        var levels = Enumerable.Range(1, Stretches - 1).Select(level => (double)level / Stretches);
        var quantiles = string.Join(
            ", ",
            levels.Select(level => string.Create(CultureInfo.InvariantCulture, $"quantileIf({level})({column}, NOT isNaN({column}))"))
        );
        var cuts = new List<double>();
        using (
            var found = await store.QueryAsync(
                new SqlStatement($"SELECT {quantiles} FROM {table} WHERE {sql.Where}", sql.Parameters),
                cancellation
            )
        )
        {
            found.Read();
            for (var i = 1; i < Stretches; i++)
                cuts.Add(Round(found.ReadDouble()));
        }

        List<double> ends = [.. cuts.Where(double.IsFinite).Distinct().Order()];
        var counts = string.Concat(
            Enumerable.Range(0, ends.Count + 1).Select(at => $", countIf({string.Join(" AND ", Within(column, ends, at, " >= ", " < "))})")
        );
        using var rows = await store.QueryAsync(
            new SqlStatement($"SELECT count(), countIf(isNaN({column})){counts} FROM {table} WHERE {sql.Where}", sql.Parameters),
            cancellation
        );
        rows.Read();
        var (all, missing) = ((long)rows.ReadUInt64(), (long)rows.ReadUInt64());
        var values = new List<FacetValue>();
        for (var at = 0; at <= ends.Count; at++)
        {
            if ((long)rows.ReadUInt64() is > 0 and var count)
                values.Add(new FacetValue(Words(ends, at), count, Conditions(field, ends, at)));
        }

        if (missing > 0)
            values.Add(Missing(field, missing));
        return new Facet(all, values);
    }

    /// <summary>Whether answers were right, where ground truth has come.</summary>
    private async Task<Facet> CorrectAsync(
        ModelDefinition model,
        PredictionSearch search,
        SearchField field,
        CancellationToken cancellation
    )
    {
        var all = await CountAsync(model, search, cancellation);
        var values = new List<FacetValue>();
        foreach (var (value, words) in new[] { ("true", "right"), ("false", "wrong") })
        {
            var condition = new FilterCondition(field, FilterOperator.Equal, [value]);
            var count = await CountAsync(model, search with { Conditions = [.. search.Conditions, condition] }, cancellation);
            if (count > 0)
                values.Add(new FacetValue(words, count, [$"{field.Name}:eq:{value}"]));
        }

        return new Facet(all, values);
    }

    private async Task<long> CountAsync(ModelDefinition model, PredictionSearch search, CancellationToken cancellation)
    {
        var sql = new SearchSql(model, search);
        using var rows = await store.QueryAsync(
            new SqlStatement($"SELECT count() FROM {ModelTables.Predictions(model.Id)} WHERE {sql.Where}", sql.Parameters),
            cancellation
        );
        rows.Read();
        return (long)rows.ReadUInt64();
    }

    private static IReadOnlyList<string> Conditions(SearchField field, List<double> ends, int at) =>
        ends.Count == 0 ? [$"{field.Name}:present"] : [.. Within(field.Name, ends, at, ":ge:", ":lt:")];

    private static FacetValue Missing(SearchField field, long count) => new("missing", count, [$"{field.Name}:missing"]);

    private static IEnumerable<string> Within(string name, List<double> ends, int at, string from, string below)
    {
        if (at > 0)
            yield return name + from + Text(ends[at - 1]);
        if (at < ends.Count)
            yield return name + below + Text(ends[at]);
        if (ends.Count == 0)
            yield return $"NOT isNaN({name})";
    }

    private static string Words(List<double> ends, int at) =>
        ends.Count == 0 ? "any number"
        : at == 0 ? $"below {Figures.Format(ends[0])}"
        : at == ends.Count ? $"{Figures.Format(ends[^1])} and more"
        : $"{Figures.Format(ends[at - 1])} to {Figures.Format(ends[at])}";

    private static double Round(double value) =>
        double.IsFinite(value) ? double.Parse(value.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : value;

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
