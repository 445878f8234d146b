using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Scores;

/// <summary>A stored primary prediction.</summary>
/// <param name="Id">Its id.</param>
/// <param name="IdHash">First 8 bytes of the SHA-256 of the id.</param>
/// <param name="Timestamp">Its time.</param>
public readonly record struct PredictionPlace(string Id, ulong IdHash, DateTimeOffset Timestamp);

/// <summary>The scores of one prediction.</summary>
/// <param name="Values">By kind; what it has none of is left out.</param>
/// <param name="Reasons">Why it deserves a look, the strongest first.</param>
public sealed record ScoredPrediction(IReadOnlyDictionary<ScoreKind, double> Values, IReadOnlyList<ScoreReason> Reasons);

/// <summary>One reason in words.</summary>
/// <param name="Score">Name of the score that says so.</param>
/// <param name="Feature">Name of the feature that it is about; empty for none.</param>
/// <param name="Words">For people.</param>
public sealed record ScoreReason(string Score, string Feature, string Words);

/// <summary>Reads the scores of single predictions with the reasons in words.</summary>
public sealed class ScoreReader(IColumnStore store, PredictionScores scores)
{
    /// <summary>Predictions of one statement: fewer would pay for its analysis more often.</summary>
    private const int AtOnce = 5_000;

    /// <summary>The scores of one prediction; null when it is not stored (any more).</summary>
    public async Task<ScoredPrediction?> FindAsync(ModelDefinition model, PredictionPlace place, CancellationToken cancellation) =>
        (await ReadAsync(model, [place], cancellation)).GetValueOrDefault(place.Id);

    /// <summary>The scores of predictions by id, of those that are stored.</summary>
    public async Task<IReadOnlyDictionary<string, ScoredPrediction>> ReadAsync(
        ModelDefinition model,
        IReadOnlyList<PredictionPlace> places,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(places);
        var found = new Dictionary<string, ScoredPrediction>(StringComparer.Ordinal);
        foreach (var part in places.OrderBy(place => place.Timestamp).Chunk(AtOnce))
        {
            var (from, to) = (part[0].Timestamp, part[^1].Timestamp.AddMilliseconds(1));
            var set = await scores.OfAsync(model, from, to, cancellation);
            using var rows = await store.QueryAsync(Statement(model, set, part, from, to), cancellation);
            while (rows.Read())
                found[rows.ReadString()] = Read(rows, set);
        }

        return found;
    }

    private static SqlStatement Statement(
        ModelDefinition model,
        ScoreSet set,
        PredictionPlace[] places,
        DateTimeOffset from,
        DateTimeOffset to
    )
    {
        var sql = new ScoreSql("parts");
        var bits = OddityScore.Parts(set.Fit, sql) ?? "CAST([] AS Array(Float64))";
        var numbers = set.Fit.Features.Where(feature => feature.Number is not null).Select(feature => feature.Sql);
        var texts = set
            .Fit.Features.Where(feature => feature.Number is null)
            .Select(feature => $"ifNull(CAST({feature.Sql}, 'Nullable(String)'), '')");
        return new SqlStatement(
            $$"""
            SELECT prediction_id, {{List(set.Scores.Select(score => score.Sql), "Float64")}}, {{bits}}, {{List(numbers, "Float64")}},
                {{List(texts, "String")}}
            FROM {{ModelTables.Predictions(model.Id)}}
            WHERE role = 'primary' AND timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')}
                AND id_hash IN (SELECT arrayJoin({hashes:Array(UInt64)})) AND prediction_id IN (SELECT arrayJoin({ids:Array(String)}))
            """,
            [
                new("from", from),
                new("to", to),
                new("hashes", places.Select(place => place.IdHash).ToArray()),
                new("ids", places.Select(place => place.Id).ToArray()),
                .. sql.Parameters,
                .. set.Scores.SelectMany(score => score.Parameters),
            ]
        );
    }

    private static string List(IEnumerable<string> expressions, string type) =>
        $"CAST([{string.Join(", ", expressions)}] AS Array({type}))";

    private static ScoredPrediction Read(QueryRows rows, ScoreSet set)
    {
        var (all, bits, numbers) = (rows.ReadDoubleArray(), rows.ReadDoubleArray(), rows.ReadDoubleArray());
        var texts = rows.ReadStringArray();
        var values = set
            .Scores.Zip(all)
            .Where(pair => !double.IsNaN(pair.Second))
            .ToDictionary(pair => pair.First.Kind, pair => pair.Second);
        return new ScoredPrediction(values, [.. ScoreReasons.Of(set, values), .. ScoreReasons.OfInput(set.Fit, bits, numbers, texts)]);
    }
}
