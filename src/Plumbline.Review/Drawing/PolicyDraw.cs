using System.Globalization;
using Plumbline.Monitoring.Explore;
using Plumbline.Monitoring.References;
using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Models;
using Plumbline.Review.Estimates;
using Plumbline.Review.Policies;
using Plumbline.Statistics.Sampling;
using Plumbline.Store;

namespace Plumbline.Review.Drawing;

/// <summary>
/// Chooses predictions of a stretch of time by a policy, inside the engine: scores, near duplicates, probabilities and the draw itself are
/// one pass each over the stretch, and only what is chosen leaves it. The draw of a prediction is a hash of its id: the same policy over
/// the same stretch chooses the same ones, which is how a preview can be exact.
/// </summary>
public sealed class PolicyDraw(IColumnStore store, ModelTables tables, PredictionScores scores, BaselineCatalog baselines)
{
    private const double MostFactor = 1e300;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Draws.</summary>
    /// <param name="model">The model.</param>
    /// <param name="stored">The policy; its number decides the draw beside the ids, so that two policies are drawn apart.</param>
    /// <param name="from">Inclusive.</param>
    /// <param name="to">Exclusive.</param>
    /// <param name="cancellation">Stops between statements.</param>
    public async Task<Draw> DrawAsync(
        ModelDefinition model,
        (int Id, ReviewPolicy Policy) stored,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        await tables.EnsureAsync(model.Id, [.. model.Features.Select(ModelColumns.Of)], cancellation);
        var policy = stored.Policy;
        var pool = await PoolAsync(model, policy, from, to, cancellation);
        var budget = policy.PerDay * ((to - from) / Day);
        var (population, coldSpots, cheapMeans, groups) = await SizesAsync(pool, policy, cancellation);
        var byChance = population == 0 ? 0 : Math.Min(1, budget * policy.UniformShare / population);
        var byScore = budget * (1 - policy.UniformShare);
        var bySpot = 0.0;
        if (coldSpots.Sum > 0)
        {
            // No probability above 1.
            bySpot = Math.Min(byScore * policy.ColdSpotShare / coldSpots.Sum, (1 - byChance) / coldSpots.Most);
            byScore *= 1 - policy.ColdSpotShare;
        }

        var share = policy.QuotaBy is null ? 1 : policy.QuotaShare;
        double[] factors =
        [
            .. PoissonDesign
                .Factors([.. groups.Select(group => group.Bins)], byScore, share)
                .Select(factor => Math.Min(factor, MostFactor)),
        ];
        var expected =
            groups.Select((group, i) => PoissonDesign.Expected(group.Bins, factors[i])).Sum()
            + byChance * population
            + bySpot * coldSpots.Sum;
        var rows = await ChooseAsync(pool, stored, [.. groups.Select(group => group.Name)], factors, (byChance, bySpot), cancellation);
        return new Draw(from, to, population, expected, cheapMeans, rows);
    }

    /// <summary>The predictions that can be chosen, as a subquery, with what is needed of each.</summary>
    internal async Task<SqlStatement> PoolAsync(
        ModelDefinition model,
        ReviewPolicy policy,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    )
    {
        var set = await scores.OfAsync(model, from, to, cancellation);
        var search = new SearchSql(
            model,
            new PredictionSearch
            {
                From = from,
                To = to,
                Role = "primary",
                Conditions = PolicyCheck.Conditions(policy, model),
                Scores = set,
            }
        );
        var isNumber = model.Task == ModelTask.Regression;
        var answered = isNumber ? "isFinite(prediction_value)" : "prediction != ''";
        var unlabelled = policy.OnlyUnlabelled
            ? $" AND (id_hash, prediction_id) NOT IN (SELECT id_hash, prediction_id FROM {ModelTables.MatchedAny(model.Id)} "
                + "WHERE timestamp >= {pool_from:DateTime64(3, 'UTC')} AND timestamp < {pool_to:DateTime64(3, 'UTC')})"
            : "";
        var text = $$"""
            SELECT prediction_id, id_hash, timestamp, toString(version) AS row_version,
                {{(isNumber ? "toString(prediction_value)" : "toString(prediction)")}} AS answer, prediction_value AS answered_number,
                {{Group(model, policy)}} AS quota_group, {{Priority(policy, set)}} AS priority,
                [{{string.Join(", ", CheapLabels.Kinds.Select(set.SqlOf))}}] AS cheap_labels, {{set.ColdSpotWeight}} AS cold_spot_weight,
                {{(policy.Diverse ? NearDuplicates.Key(model, baselines.Find(model)) : "id_hash")}} AS alike
            FROM {{ModelTables.Predictions(model.Id)}}
            WHERE {{search.Where}} AND {{answered}}{{unlabelled}}
            """;
        return new SqlStatement(text, [.. search.Parameters, new("pool_from", from), new("pool_to", to)]);
    }

    // Only the best of those that are alike can be chosen by score; which that is, no draw decides.
    private static string Marked(SqlStatement pool, ReviewPolicy policy) =>
        policy.Diverse
            ? $"SELECT *, row_number() OVER (PARTITION BY alike ORDER BY priority DESC, id_hash, prediction_id) = 1 AS is_first "
                + $"FROM ({pool.Text})"
            : $"SELECT *, 1 AS is_first FROM ({pool.Text})";

    private async Task<(
        long Population,
        (double Sum, double Most) ColdSpots,
        Dictionary<string, double> CheapMeans,
        List<(string Name, IReadOnlyList<SizeBin> Bins)> Groups
    )> SizesAsync(SqlStatement pool, ReviewPolicy policy, CancellationToken cancellation)
    {
        var text = $$"""
            SELECT quota_group, bin, count() AS n, avg(size) AS mean, sumForEach(cheap_labels), sum(cold_spot_weight), max(cold_spot_weight)
            FROM (SELECT quota_group, cheap_labels, cold_spot_weight,
                    if(is_first AND priority > 0, pow(priority, {sharpness:Float64}), 0.) AS size,
                    if(size > 0, toInt32(floor(log2(size) * 16)), toInt32(-2147483648)) AS bin
                FROM ({{Marked(pool, policy)}}))
            GROUP BY quota_group, bin
            """;
        long population = 0;
        var coldSpots = (Sum: 0.0, Most: 0.0);
        var cheap = new double[CheapLabels.Kinds.Count];
        var groups = new Dictionary<string, List<SizeBin>>(StringComparer.Ordinal);
        using var rows = await store.QueryAsync(
            new SqlStatement(text, [.. pool.Parameters, new("sharpness", policy.Sharpness)]),
            cancellation
        );
        while (rows.Read())
        {
            var (name, _, count, mean) = (rows.ReadString(), rows.ReadInt32(), (long)rows.ReadUInt64(), rows.ReadDouble());
            population += count;
            cheap = [.. cheap.Zip(rows.ReadDoubleArray(), (sum, more) => sum + more)];
            coldSpots = (coldSpots.Sum + rows.ReadDouble(), Math.Max(coldSpots.Most, rows.ReadDouble()));
            if (mean > 0)
                (groups.TryGetValue(name, out var bins) ? bins : groups[name] = []).Add(new SizeBin(count, mean));
        }

        // One without a label leaves its mean unknown: the others would not speak for it.
        var cheapMeans = CheapLabels
            .Kinds.Zip(cheap)
            .Where(label => population > 0 && double.IsFinite(label.Second))
            .ToDictionary(label => label.First.Name, label => label.Second / population, StringComparer.Ordinal);
        return (population, coldSpots, cheapMeans, [.. groups.Select(group => (group.Key, (IReadOnlyList<SizeBin>)group.Value))]);
    }

    private async Task<IReadOnlyList<DrawnRow>> ChooseAsync(
        SqlStatement pool,
        (int Id, ReviewPolicy Policy) stored,
        string[] groups,
        double[] factors,
        (double All, double ByColdSpotWeight) byChance,
        CancellationToken cancellation
    )
    {
        var text = $$"""
            SELECT prediction_id, id_hash, timestamp, row_version, answer, priority, by_score, by_chance, score_draw < by_score
            FROM (SELECT *, {chance:Float64} + cold_spot_weight * {cold_chance:Float64} AS by_chance,
                    if(is_first AND priority > 0, least(1., transform(quota_group, {groups:Array(String)},
                        {factors:Array(Float64)}, toFloat64(0)) * pow(priority, {sharpness:Float64})), 0.) AS by_score,
                    sipHash64(id_hash, prediction_id, {seed:UInt32}, 'score') / 18446744073709551616. AS score_draw,
                    sipHash64(id_hash, prediction_id, {seed:UInt32}, 'chance') / 18446744073709551616. AS chance_draw
                FROM ({{Marked(pool, stored.Policy)}}))
            WHERE score_draw < by_score OR chance_draw < by_chance
            ORDER BY priority DESC, id_hash, prediction_id
            """;
        using var rows = await store.QueryAsync(
            new SqlStatement(
                text,
                [
                    .. pool.Parameters,
                    // The engine takes no empty list; no group is called so.
                    new("groups", (string[])[.. groups, "\u0001"]),
                    new("factors", (double[])[.. factors, 0]),
                    new("sharpness", stored.Policy.Sharpness),
                    new("seed", stored.Id),
                    new("chance", byChance.All),
                    new("cold_chance", byChance.ByColdSpotWeight),
                ]
            ),
            cancellation
        );
        var drawn = new List<DrawnRow>();
        while (rows.Read())
        {
            drawn.Add(
                new DrawnRow(
                    rows.ReadString(),
                    rows.ReadUInt64(),
                    rows.ReadDateTime64(),
                    rows.ReadString(),
                    rows.ReadString(),
                    rows.ReadDouble(),
                    rows.ReadDouble(),
                    rows.ReadDouble(),
                    rows.ReadByte() != 0
                )
            );
        }

        return drawn;
    }

    private static string Group(ModelDefinition model, ReviewPolicy policy) =>
        policy.QuotaBy is null ? "''"
        : policy.IsQuotaByAnswer ? "toString(prediction)"
        : model.FindFeature(policy.QuotaBy) is { } feature ? $"ifNull(toString({feature.Column}), '')"
        : "''";

    private static string Priority(ReviewPolicy policy, ScoreSet set)
    {
        var total = policy.Counting.Sum(one => one.Weight);
        List<string> parts =
        [
            .. policy
                .Counting.Select(one => (Score: set.Find(one.Kind), one.Weight))
                .Where(one => one.Score is not null)
                .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Weight / total:R} * {one.Score!.Share}")),
        ];
        return parts.Count == 0 ? "toFloat64(0)" : $"toFloat64({string.Join(" + ", parts)})";
    }
}
