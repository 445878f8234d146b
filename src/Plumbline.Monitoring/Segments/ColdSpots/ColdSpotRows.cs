using Plumbline.Monitoring.Estimation;
using Plumbline.Monitoring.Performance;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Statistics.Slices;
using Plumbline.Store;

namespace Plumbline.Monitoring.Segments.ColdSpots;

/// <summary>What is read: a model's answered primary predictions of a period, of one version or of all.</summary>
public sealed record ColdSpotScope(ModelDefinition Model, DateTimeOffset From, DateTimeOffset To, string Version)
{
    internal const string Range = "timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')}";

    internal string Answered =>
        $"{Range} AND role = 'primary' AND status = 'ok' AND "
        + $"{(Model.Task == ModelTask.Regression ? "isFinite(prediction_value)" : "prediction != ''")}"
        + $"{(Version.Length > 0 ? $" AND {VersionTexts.Expression(Model)} = {{version:String}}" : "")}";

    internal IEnumerable<SqlParameter> Parameters =>
        Version.Length > 0
            ? [new("from", From), new("to", To), new("version", Version), .. VersionTexts.Parameters(Model)]
            : [new("from", From), new("to", To)];
}

/// <summary>Rows with their codes and losses, in a random order that is always the same.</summary>
public sealed record ColdSpotSample(IReadOnlyList<string> Ids, double[] Losses, SliceTable? Table);

/// <summary>
/// Reads rows for the search: the engine bins the features, so that a row costs one byte per feature however wide its values are.
/// </summary>
public sealed class ColdSpotRows(IColumnStore store, ModelTables tables)
{
    /// <summary>Rows searched at most; more are sampled.</summary>
    public const int MaxRows = 200_000;

    // The order of a hash that nothing else uses is a random order.
    private const string RandomOrder = "sipHash64(id_hash, prediction_id, 'cold spots')";

    /// <summary>All rows of the scope, those with ground truth, and those with a confidence.</summary>
    public async Task<(long Predictions, long Labelled, long Confident)> CountAsync(ColdSpotScope scope, CancellationToken cancellation)
    {
        await tables.EnsureAsync(scope.Model.Id, [.. scope.Model.Features.Select(ModelColumns.Of)], cancellation);
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $"""
                SELECT count(), countIf(id_hash IN ({Labelled(scope.Model)})), countIf(isFinite(confidence))
                FROM {ModelTables.Predictions(scope.Model.Id)} WHERE {scope.Answered}
                """,
                [.. scope.Parameters]
            ),
            cancellation
        );
        rows.Read();
        return ((long)rows.ReadUInt64(), (long)rows.ReadUInt64(), (long)rows.ReadUInt64());
    }

    /// <summary>The rows with a loss of the kind.</summary>
    /// <param name="scope">Which predictions.</param>
    /// <param name="loss">Anything but auto.</param>
    /// <param name="signal">The signal when the loss is one; its good direction must be known.</param>
    /// <param name="estimator">For estimated errors; else null.</param>
    /// <param name="features">Features to bin.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public async Task<ColdSpotSample> ReadAsync(
        ColdSpotScope scope,
        ColdSpotLoss loss,
        SignalDefinition? signal,
        AnswerEstimator? estimator,
        IReadOnlyList<ColdSpotFeature> features,
        CancellationToken cancellation
    )
    {
        var probabilities = estimator is { NeedsProbabilities: true };
        var ids = new List<string>();
        var losses = new List<double>();
        List<byte>[] codes = [.. features.Select(_ => new List<byte>())];
        using var rows = await store.QueryAsync(Statement(scope, loss, signal, probabilities, features), cancellation);
        while (rows.Read())
        {
            var (id, prediction, score) = (rows.ReadString(), rows.ReadString(), rows.ReadDouble());
            var classes = probabilities ? rows.ReadDoubleArray() : [];
            double? found = rows.ReadDouble();
            if (estimator is not null)
                found = EstimatedError(estimator, prediction, score, classes);
            var isKnown = found is { } known && double.IsFinite(known);
            if (isKnown)
            {
                ids.Add(id);
                losses.Add(found!.Value);
            }

            foreach (var column in codes)
            {
                var code = rows.ReadByte();
                if (isKnown)
                    column.Add(code);
            }
        }

        var table =
            ids.Count == 0 || features.Count == 0
                ? null
                : new SliceTable([
                    .. features.Select(
                        (feature, f) => new SliceFeature(feature.Feature.Name, codes[f].ToArray(), feature.Bins, feature.Edges is not null)
                    ),
                ]);
        return new ColdSpotSample(ids, [.. losses], table);
    }

    /// <summary>
    /// Of all answered predictions of the scope and of the period of the same length before: how many there are, and how many in each
    /// slice.
    /// </summary>
    public async Task<(TrafficCounts Now, TrafficCounts Before)> TrafficAsync(
        ColdSpotScope scope,
        IReadOnlyList<ColdSpotFeature> features,
        IReadOnlyList<IReadOnlyList<SlicePredicate>> slices,
        CancellationToken cancellation
    )
    {
        var both = scope with { From = scope.From - (scope.To - scope.From) };
        var used = slices.SelectMany(slice => slice).Select(predicate => predicate.Feature).Distinct().ToList();
        var counts = slices.Select(slice =>
            $"countIf({string.Join(" AND ", slice.Select(p => $"c{p.Feature} BETWEEN {p.First} AND {p.Last}"))})"
        );
        var text = $$"""
            SELECT toUInt8(is_now), {{string.Join(", ", counts.Prepend("count()"))}}
            FROM (SELECT timestamp >= {middle:DateTime64(3, 'UTC')}
            AS is_now{{string.Concat(used.Select(f => $", {features[f].Code("t")} AS c{f}"))}}
            FROM {{ModelTables.Predictions(scope.Model.Id)}} AS t WHERE {{scope.Answered}})
            GROUP BY is_now
            """;
        var parameters = both
            .Parameters.Append(new SqlParameter("middle", scope.From))
            .Concat(used.Select(f => features[f].Parameter).OfType<SqlParameter>());
        var (now, before) = (new TrafficCounts(0, new long[slices.Count]), new TrafficCounts(0, new long[slices.Count]));
        using var rows = await store.QueryAsync(new SqlStatement(text, [.. parameters]), cancellation);
        while (rows.Read())
        {
            var isNow = rows.ReadByte() != 0;
            var read = new TrafficCounts((long)rows.ReadUInt64(), [.. slices.Select(_ => (long)rows.ReadUInt64())]);
            if (isNow)
                now = read;
            else
                before = read;
        }

        return (now, before);
    }

    private static SqlStatement Statement(
        ColdSpotScope scope,
        ColdSpotLoss loss,
        SignalDefinition? signal,
        bool probabilities,
        IReadOnlyList<ColdSpotFeature> features
    )
    {
        var model = scope.Model;
        var table = ModelTables.Predictions(model.Id);
        var (expression, join, condition, parameters) = Source(model, loss, signal);
        // The sample is drawn on the narrow columns; only its rows are read wide.
        var text = $$"""
            SELECT toString(p.prediction_id), toString(p.prediction), toFloat64(p.score), {{(
                probabilities ? "arrayMap(c -> p.probabilities[c], {classes:Array(String)}), " : ""
            )}}toFloat64({{expression}}){{string.Concat(features.Select(feature => ", " + feature.Code("p")))}}
            FROM (SELECT * FROM {{table}} WHERE {{scope.Answered}} AND (timestamp, id_hash) IN
                (SELECT timestamp, id_hash FROM {{table}} WHERE {{scope.Answered}}{{condition}} ORDER BY {{RandomOrder}}
                    LIMIT {limit:UInt32})) AS p
            {{join}}
            ORDER BY sipHash64(p.id_hash, p.prediction_id, 'cold spots'), p.prediction_id
            """;
        return new SqlStatement(
            text,
            [
                .. scope.Parameters,
                .. parameters,
                new("limit", MaxRows),
                .. probabilities ? [new SqlParameter("classes", model.Classes)] : Array.Empty<SqlParameter>(),
                .. features.Select(feature => feature.Parameter).OfType<SqlParameter>(),
            ]
        );
    }

    private static (string Expression, string Join, string Condition, IReadOnlyList<SqlParameter> Parameters) Source(
        ModelDefinition model,
        ColdSpotLoss loss,
        SignalDefinition? signal
    )
    {
        var truth =
            $"INNER JOIN (SELECT id_hash, prediction_id, value, value_number FROM {ModelTables.Matched(model.Id)} WHERE "
            + $"{KnownTruth(model)}) AS m ON p.id_hash = m.id_hash AND p.prediction_id = m.prediction_id";
        var labelled = $" AND id_hash IN ({Labelled(model)})";
        return loss switch
        {
            ColdSpotLoss.Error => (
                model.Task == ModelTask.Regression ? "abs(p.prediction_value - m.value_number)" : "p.prediction != m.value",
                truth,
                labelled,
                []
            ),
            ColdSpotLoss.Overconfidence => ("p.confidence - (p.prediction = m.value)", truth, " AND isFinite(confidence)" + labelled, []),
            ColdSpotLoss.Uncertainty => ("1 - p.confidence", "", " AND isFinite(confidence)", []),
            ColdSpotLoss.EstimatedError => ("0", "", "", []),
            ColdSpotLoss.Signal => OfSignal(model, signal!),
            _ => throw new ArgumentOutOfRangeException(nameof(loss), loss, "Must be decided."),
        };
    }

    private static (string Expression, string Join, string Condition, IReadOnlyList<SqlParameter> Parameters) OfSignal(
        ModelDefinition model,
        SignalDefinition signal
    )
    {
        var attributed = $$"""
            SELECT id_hash, prediction_id, count() AS events, sum(value) AS total, max(value != 0) AS happened
            FROM {{ModelTables.Attributed(model.Id)}}
            WHERE {{ColdSpotScope.Range}} AND name = {signal:String}
                AND toUnixTimestamp64Milli(signal_at) - toUnixTimestamp64Milli(timestamp) <= {attribution:Int64}
                GROUP BY id_hash, prediction_id
            """;
        var perEvent = signal.Kind is SignalKind.Mean or SignalKind.Duration;
        var value = signal.Kind switch
        {
            SignalKind.Rate => "s.happened",
            SignalKind.Sum => "s.total",
            _ => "s.total / s.events",
        };
        return (
            $"{(signal.UpIsGood == true ? "-" : "")}toFloat64({value})",
            $"{(perEvent ? "INNER" : "LEFT")} JOIN ({attributed}) AS s ON p.id_hash = s.id_hash AND p.prediction_id = s.prediction_id",
            perEvent
                ? $" AND id_hash IN (SELECT id_hash FROM {ModelTables.Attributed(model.Id)} WHERE {ColdSpotScope.Range} AND name = "
                    + $"{{signal:String}})"
                : "",
            [new("signal", signal.Name), new("attribution", (long)signal.AttributionWindow.TotalMilliseconds)]
        );
    }

    private static string KnownTruth(ModelDefinition model) =>
        model.Task == ModelTask.Regression ? $"{ColdSpotScope.Range} AND NOT isNaN(value_number)" : ColdSpotScope.Range;

    private static string Labelled(ModelDefinition model) =>
        $"SELECT id_hash FROM {ModelTables.MatchedAny(model.Id)} WHERE {KnownTruth(model)}";

    private static double? EstimatedError(AnswerEstimator estimator, string prediction, double score, double[] probabilities)
    {
        var row = new LabelledGroup
        {
            Window = 0,
            Version = "",
            Segments = [],
            HasGroundTruth = false,
            GroundTruth = "",
            GroundTruthValue = double.NaN,
            Prediction = prediction,
            PredictionValue = double.NaN,
            Score = score,
            Probabilities = probabilities,
            Count = 1,
        };
        if (!estimator.Takes(row) || estimator.GroundTruths(row) is not { } truths)
            return null;
        return 1 - truths.Where(truth => truth.Key == prediction).Sum(truth => truth.Value);
    }
}

/// <summary>Answered predictions of a period, and those of them in each slice.</summary>
public sealed record TrafficCounts(long All, IReadOnlyList<long> Slices);
