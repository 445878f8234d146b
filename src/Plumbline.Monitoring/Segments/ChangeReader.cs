using System.Globalization;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Performance;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Statistics.Decomposition;
using Plumbline.Store;

namespace Plumbline.Monitoring.Segments;

/// <summary>One of the two sides of a change.</summary>
/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive.</param>
/// <param name="Version">A version, or empty for all.</param>
public sealed record ChangeSide(DateTimeOffset From, DateTimeOffset To, string Version);

/// <summary>A change to explain: of what, by which segments, between which sides.</summary>
public sealed record ChangeQuery(string Metric, string Dimension, ChangeSide Before, ChangeSide After);

/// <summary>
/// Takes the change of a mean outcome between two periods or versions apart: traffic that moved between segments, inputs that changed
/// within them, and other outcomes of the same inputs. What stands for the inputs is the model's own answer: its class and score in ten
/// bins (a regression's prediction in tenths). Inputs that change without the answer noticing count as concept change.
/// </summary>
public sealed class ChangeReader(IColumnStore store, ModelTables tables, SegmentValues segmentValues)
{
    /// <summary>Of either side: the events of the range are read.</summary>
    public static readonly TimeSpan LongestRange = TimeSpan.FromDays(62);

    private const string MissingValue = "@missing";

    /// <summary>The outcomes whose changes can be taken apart: metrics that are means over rows.</summary>
    public static IReadOnlyList<string> Outcomes(ModelDefinition model) =>
        [KnownMetrics.MainOf(model), .. model.Signals.Where(signal => signal.Kind == SignalKind.Rate).Select(BusinessMetrics.MainOf)];

    public async Task<ChangeExplanation> ReadAsync(ModelDefinition model, ChangeQuery query, CancellationToken cancellation)
    {
        await tables.EnsureAsync(model.Id, [.. model.Features.Select(ModelColumns.Of)], cancellation);
        var grouping = new ScopeGrouping(model, await segmentValues.KnownAsync(model, cancellation));
        var edges = model.Task == ModelTask.Regression ? await EdgesAsync(model, query, cancellation) : [];
        var (before, after) = (
            await CellsAsync(model, query, query.Before, grouping, edges, cancellation),
            await CellsAsync(model, query, query.After, grouping, edges, cancellation)
        );
        var segments = before
            .Keys.Concat(after.Keys)
            .Distinct()
            .GroupBy(key => key.Segment, StringComparer.Ordinal)
            .Select(segment => new SegmentChange(
                segment.Key,
                [
                    .. segment.Select(key => new CellChange(
                        before.GetValueOrDefault(key, OutcomeMoments.None),
                        after.GetValueOrDefault(key, OutcomeMoments.None)
                    )),
                ]
            ))
            .ToList();
        return ChangeDecomposition.Of(
            segments.Count > 0 ? segments : [new SegmentChange(MissingValue, OutcomeMoments.None, OutcomeMoments.None)]
        );
    }

    private async Task<Dictionary<(string Segment, string Cell), OutcomeMoments>> CellsAsync(
        ModelDefinition model,
        ChangeQuery query,
        ChangeSide side,
        ScopeGrouping grouping,
        IReadOnlyList<double> edges,
        CancellationToken cancellation
    )
    {
        var signal = BusinessMetrics.SignalOf(query.Metric);
        var (outcome, join) = signal is not null
            ? ("toFloat64(happened)", Attributed(model))
            : (
                model.Task == ModelTask.Regression ? "abs(prediction_value - m.value_number)" : "toFloat64(prediction = m.value)",
                Matched(model)
            );
        var cell =
            model.Task == ModelTask.Regression
                ? "toString(arrayCount(e -> e <= prediction_value, {edges:Array(Float64)}))"
                : "concat(prediction, ' ', if(isFinite(score), toString(least(9, toUInt8(greatest(0, score) * 10))), ''))";
        var text = $$"""
            SELECT {{Segment(model, query.Dimension)}} AS segment, {{cell}} AS cell, count() AS c, sum({{outcome}}) AS outcome_sum,
            sum({{outcome}} * {{outcome}}) AS outcome_squares
            FROM (SELECT id_hash, prediction_id, prediction, prediction_value, score{{grouping.Columns}}
            FROM {{ModelTables.Predictions(model.Id)}}
                  WHERE timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')} AND role = 'primary'
                  AND status = 'ok' AND ({version:String} = '' OR {{VersionTexts.Expression(model)}} = {version:String})
                    AND {{(model.Task == ModelTask.Regression ? "isFinite(prediction_value)" : "prediction != ''")}}) AS p
            {{join}}
            GROUP BY segment, cell
            """;
        List<SqlParameter> parameters =
        [
            new("from", side.From),
            new("to", side.To),
            new("version", side.Version),
            .. VersionTexts.Parameters(model),
            .. grouping.Parameters.Where(parameter => parameter.Name.StartsWith("known", StringComparison.Ordinal)),
        ];
        if (model.Task == ModelTask.Regression)
            parameters.Add(new("edges", edges));
        if (signal is not null)
        {
            parameters.AddRange([
                new("signal", signal),
                new(
                    "attribution",
                    (long)(model.FindSignal(signal)?.AttributionWindow ?? SignalDefinition.DefaultAttributionWindow).TotalMilliseconds
                ),
            ]);
        }

        using var rows = await store.QueryAsync(new SqlStatement(text, parameters), cancellation);
        var cells = new Dictionary<(string, string), OutcomeMoments>();
        while (rows.Read())
            cells[(rows.ReadString(), rows.ReadString())] = OutcomeMoments.OfSums(rows.ReadUInt64(), rows.ReadDouble(), rows.ReadDouble());
        return cells;
    }

    /// <summary>Tenths of a regression's predictions on both sides together: cells must be the same on both.</summary>
    private async Task<IReadOnlyList<double>> EdgesAsync(ModelDefinition model, ChangeQuery query, CancellationToken cancellation)
    {
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $$"""
                SELECT quantilesTDigest(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)(prediction_value)::Array(Float64)
                FROM {{ModelTables.Predictions(model.Id)}}
                WHERE ((timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')})
                    OR (timestamp >= {from2:DateTime64(3, 'UTC')} AND timestamp < {to2:DateTime64(3, 'UTC')}))
                    AND role = 'primary' AND isFinite(prediction_value)
                """,
                new("from", query.Before.From),
                new("to", query.Before.To),
                new("from2", query.After.From),
                new("to2", query.After.To)
            ),
            cancellation
        );
        return rows.Read() ? [.. rows.ReadDoubleArray().Where(double.IsFinite)] : [];
    }

    private static string Segment(ModelDefinition model, string dimension)
    {
        var cross = model.Crosses.FirstOrDefault(cross => cross.Key == dimension);
        string[] parts = cross is null ? [dimension] : [cross.First, cross.Second];
        var values = parts.Select(part =>
            string.Create(CultureInfo.InvariantCulture, $"ifNull(s{model.Segments.IndexOf(part)}, '{MissingValue}')")
        );
        return $"concat({string.Join($", '{SegmentCross.Sign}', ", values)}, '')";
    }

    private static string Matched(ModelDefinition model) =>
        $$"""
            INNER JOIN (SELECT id_hash, prediction_id, value, value_number FROM {{ModelTables.Matched(model.Id)}}
            WHERE timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')}
                {{(
                model.Task == ModelTask.Regression ? "AND isFinite(value_number)" : ""
            )}}) AS m ON p.id_hash = m.id_hash AND p.prediction_id = m.prediction_id
            """;

    private static string Attributed(ModelDefinition model) =>
        $$"""
            LEFT JOIN (SELECT id_hash, prediction_id, max(value != 0) AS happened FROM {{ModelTables.Attributed(model.Id)}}
                WHERE timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')} AND name = {signal:String}
                    AND toUnixTimestamp64Milli(signal_at) - toUnixTimestamp64Milli(timestamp) <= {attribution:Int64}
                GROUP BY id_hash, prediction_id) AS a ON p.id_hash = a.id_hash AND p.prediction_id = a.prediction_id
            """;
}
