using System.Collections.Concurrent;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Performance;

/// <summary>Predictions of one window that are alike in everything performance looks at, with their number.</summary>
public sealed record LabelledGroup
{
    /// <summary>Position in the run of windows asked for.</summary>
    public required int Window { get; init; }

    public required string Version { get; init; }

    /// <summary>Values of the model's segment dimensions, in their order; null where missing.</summary>
    public required string?[] Segments { get; init; }

    /// <summary>False: these predictions wait for ground truth; the fields after this one say nothing then.</summary>
    public required bool HasGroundTruth { get; init; }

    public required string GroundTruth { get; init; }

    public required double GroundTruthValue { get; init; }

    public required string Prediction { get; init; }

    public required double PredictionValue { get; init; }

    /// <summary>NaN when the prediction has none.</summary>
    public required double Score { get; init; }

    /// <summary>In the order of the classes asked for; empty when not asked for or not given.</summary>
    public required double[] Probabilities { get; init; }

    /// <summary>
    /// What the decision is about is worth: see <see cref="DecisionCost.ValueFeature"/>. 1 when not asked for or not given.
    /// </summary>
    public double Value { get; init; } = 1;

    public required long Count { get; init; }

    /// <summary>Those of them whose ground truth came within the declared delay; 0 without one.</summary>
    public long InTime { get; init; }
}

/// <summary>
/// Reads the predictions of consecutive windows beside their ground truth, grouped by the engine: equal rows come back once with a count.
/// Both tables are read by the prediction's own time, so the work does not grow with history.
/// </summary>
public sealed class LabelledGroups(IColumnStore store, ModelTables tables, SegmentValues segmentValues) : IWindowRows
{
    private readonly ConcurrentDictionary<Place, Kept> _kept = [];

    /// <summary>
    /// Rows of a run with ground truth above which scores are rounded to 1e-5 before grouping, so that memory stays bounded (the effect on
    /// ROC AUC is below 1e-5).
    /// </summary>
    public const long ExactRows = 500_000;

    /// <inheritdoc/>
    public IDisposable Keep(ModelDefinition model, IReadOnlyList<MetricWindow> windows)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(windows);
        var place = new Place(model.Id, windows[0].Start, windows[^1].End, windows[0].Length);
        var kept = new Kept(model, () => _kept.TryRemove(place, out _));
        _kept[place] = kept;
        return kept;
    }

    /// <summary>Groups of the windows [from, from + length), [from + length, ..) up to <paramref name="to"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="from">Start of the first window.</param>
    /// <param name="to">Exclusive.</param>
    /// <param name="length">Length of the windows.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <param name="allAnswers">True: predictions that wait for ground truth come with their answer and score too, where they otherwise are
    /// only counted.</param>
    /// <param name="withProbabilities">False: a model of several classes comes without its probabilities, which are the larger part of what
    /// is read.</param>
    /// <param name="valueOf">A numeric feature whose value the rows bring with them; null for none.</param>
    /// <param name="shared">True: what is kept of these windows will do, although more may come with it than was asked for.</param>
    public async Task<IReadOnlyList<LabelledGroup>> ReadAsync(
        ModelDefinition model,
        DateTimeOffset from,
        DateTimeOffset to,
        TimeSpan length,
        CancellationToken cancellation,
        bool allAnswers = false,
        bool withProbabilities = true,
        FeatureDefinition? valueOf = null,
        bool shared = false
    )
    {
        // A model that was declared but has no event yet has no tables yet, and its page may be open all the same.
        await tables.EnsureAsync(model.Id, [.. model.Features.Select(ModelColumns.Of)], cancellation);
        // Another declaration may have other classes.
        var kept =
            shared && _kept.GetValueOrDefault(new Place(model.Id, from, to, length)) is { } there && ReferenceEquals(there.Model, model)
                ? there
                : null;
        if (kept?.Groups is { } already)
            return already;
        var rounded = await CountAsync(model, allAnswers, from, to, cancellation) > ExactRows;
        var keeps = kept is not null && allAnswers && !rounded;
        // What this reader does not ask for the next one may: the groups only become finer by it.
        if (keeps)
            (withProbabilities, valueOf) = (true, kept!.ValueOf);

        var classes = model.Task == ModelTask.Multiclass && withProbabilities ? model.Classes : [];
        var groups = await ReadAsync(model, classes, new Reading(from, to, length, rounded, allAnswers, valueOf), cancellation);
        if (keeps)
            kept!.Groups = groups;
        return groups;
    }

    private async Task<List<LabelledGroup>> ReadAsync(
        ModelDefinition model,
        IReadOnlyList<string> classes,
        Reading reading,
        CancellationToken cancellation
    )
    {
        var known = await segmentValues.KnownAsync(model, cancellation);
        var groups = new List<LabelledGroup>();
        using var rows = await store.QueryAsync(Statement(model, classes, reading), cancellation);
        while (rows.Read())
        {
            var window = (int)rows.ReadInt64();
            var version = rows.ReadString();
            var values = new string?[known.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = SegmentTexts.ToldApart(rows.ReadNullableString(), known[i]);
            groups.Add(
                new LabelledGroup
                {
                    Window = window,
                    Version = version,
                    Segments = values,
                    HasGroundTruth = rows.ReadByte() != 0,
                    GroundTruth = rows.ReadString(),
                    GroundTruthValue = rows.ReadDouble(),
                    Prediction = rows.ReadString(),
                    PredictionValue = rows.ReadDouble(),
                    Score = rows.ReadDouble(),
                    Probabilities = rows.ReadDoubleArray(),
                    Value = rows.ReadDouble(),
                    Count = (long)rows.ReadUInt64(),
                    InTime = (long)rows.ReadUInt64(),
                }
            );
        }

        return groups;
    }

    private async Task<long> CountAsync(
        ModelDefinition model,
        bool allAnswers,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    )
    {
        var text =
            $"SELECT count() FROM {(allAnswers ? ModelTables.Predictions(model.Id) : ModelTables.MatchedAny(model.Id))} WHERE "
            + $"timestamp >= {{from:DateTime64(3, 'UTC')}} AND timestamp < {{to:DateTime64(3, 'UTC')}}";
        using var rows = await store.QueryAsync(new SqlStatement(text, new("from", from), new("to", to)), cancellation);
        return rows.Read() ? (long)rows.ReadUInt64() : 0;
    }

    private static SqlStatement Statement(ModelDefinition model, IReadOnlyList<string> classes, Reading reading)
    {
        var answered = reading.AllAnswers ? "1" : "m.known";
        var score = reading.Rounded ? "round(p.score, 5)" : "p.score";
        var probabilities =
            classes.Count == 0
                ? "CAST([], 'Array(Float64)')"
                : $"if({answered} AND length(p.probabilities) > 0, arrayMap(c -> p.probabilities[c], {{classes:Array(String)}}), "
                    + "CAST([], 'Array(Float64)'))";
        // What is worth nothing known is worth what a cost matrix without a value feature says.
        var value = reading.ValueOf is { Type: FeatureType.Numeric } feature
            ? $"if(isFinite(p.{feature.Column}), p.{feature.Column}, 1)"
            : "toFloat64(1)";
        var inTime = model.LabelDelay is null
            ? "toUInt64(0)"
            : "countIf(m.known AND toUnixTimestamp64Milli(m.labelled_at) <= toUnixTimestamp64Milli(p.timestamp) + {delay:Int64})";
        var text = $$"""
            SELECT intDiv(toInt64(toUnixTimestamp64Milli(p.timestamp)) - {start:Int64}, {length:Int64}) AS w,
            {{VersionTexts.Expression(model, "p.version")}} AS version,
                {{string.Concat(SegmentTexts.Columns(model).Select(column => column + ", "))}}
                m.known AS known, if(m.known, m.value, '') AS value, if(m.known, m.value_number, nan) AS value_number,
                if({{answered}}, p.prediction, '') AS prediction, if({{answered}}, p.prediction_value, nan) AS prediction_value,
                if({{answered}}, {{score}}, nan) AS score, {{probabilities}} AS probabilities, {{value}} AS row_value, count() AS c,
                {{inTime}} AS in_time
            FROM (SELECT * FROM {{ModelTables.Predictions(model.Id)}}
                  WHERE timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')}
                    AND role = 'primary' AND status = 'ok' AND {{(
                model.Task == ModelTask.Regression ? "NOT isNaN(prediction_value)" : "prediction != ''"
            )}}) AS p
            LEFT JOIN (SELECT id_hash, prediction_id, value, value_number, labelled_at, toUInt8(1) AS known
                  FROM {{ModelTables.Matched(model.Id)}}
                  WHERE timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')}
                    {{(model.Task == ModelTask.Regression ? "AND NOT isNaN(value_number)" : "")}}) AS m
              ON p.id_hash = m.id_hash AND p.prediction_id = m.prediction_id
            GROUP BY ALL
            """;
        var parameters = new List<SqlParameter>
        {
            new("start", reading.From.ToUnixTimeMilliseconds()),
            new("length", (long)reading.Length.TotalMilliseconds),
            new("from", reading.From),
            new("to", reading.To),
        };
        parameters.AddRange(VersionTexts.Parameters(model));
        if (model.LabelDelay is { } delay)
            parameters.Add(new("delay", (long)delay.TotalMilliseconds));
        if (classes.Count > 0)
            parameters.Add(new("classes", classes));
        return new SqlStatement(text, parameters);
    }

    private sealed record Reading(
        DateTimeOffset From,
        DateTimeOffset To,
        TimeSpan Length,
        bool Rounded,
        bool AllAnswers,
        FeatureDefinition? ValueOf
    );

    private readonly record struct Place(int Model, DateTimeOffset From, DateTimeOffset To, TimeSpan Length);

    /// <summary>What was read of some windows with all answers, for whoever reads them next.</summary>
    private sealed class Kept(ModelDefinition model, Action release) : IDisposable
    {
        private volatile IReadOnlyList<LabelledGroup>? _groups;

        public ModelDefinition Model => model;

        /// <summary>What the model's decisions are worth is part of it.</summary>
        public FeatureDefinition? ValueOf { get; } = model.Cost?.ValueFeature is { } name ? model.FindFeature(name) : null;

        public IReadOnlyList<LabelledGroup>? Groups
        {
            get => _groups;
            set => _groups = value;
        }

        public void Dispose() => release();
    }
}
