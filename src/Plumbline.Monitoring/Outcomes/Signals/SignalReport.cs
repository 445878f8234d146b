using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Outcomes.Signals;

/// <summary>What became of the events of one signal. Equal events are counted once.</summary>
/// <param name="Signal">The signal; null when the model has too many names to compute this one.</param>
/// <param name="Name">Its name.</param>
/// <param name="Events">Events in the range, by their own time.</param>
/// <param name="Attributed">Put down to a prediction.</param>
/// <param name="Late">Of a known prediction, but later than the attribution window.</param>
/// <param name="UnknownPrediction">They name a prediction that never came; kept, and put down to it when it comes.</param>
/// <param name="WithoutPrediction">They name none: aggregates.</param>
public sealed record SignalFate(
    SignalDefinition? Signal,
    string Name,
    long Events,
    long Attributed,
    long Late,
    long UnknownPrediction,
    long WithoutPrediction
);

/// <summary>The signals of a range, and how many events have names beyond the model's limit.</summary>
public sealed record SignalFates(IReadOnlyList<SignalFate> Signals, long BeyondLimit);

/// <summary>Counts what became of business signals, so that a wrong id or a slow pipeline shows.</summary>
public sealed class SignalReport(IColumnStore store, ModelTables tables)
{
    /// <summary>By name; declared signals without events too.</summary>
    public async Task<SignalFates> ReadAsync(ModelDefinition model, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        await tables.EnsureAsync(model.Id, [], cancellation);
        var attributed = await ReadAttributedAsync(model, from, to, cancellation);
        var fates = new Dictionary<string, SignalFate>(StringComparer.Ordinal);
        long beyond = 0;
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $$"""
                SELECT toString(name) AS signal, uniqExactIf((prediction_id, timestamp, value), prediction_id != '') AS of_predictions,
                    countIf(prediction_id = '') AS without
                FROM {{ModelTables.Signals(model.Id)}}
                WHERE timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')} GROUP BY signal
                """,
                new("from", from),
                new("to", to)
            ),
            cancellation
        );
        while (rows.Read())
        {
            var (name, ofPredictions, without) = (rows.ReadString(), (long)rows.ReadUInt64(), (long)rows.ReadUInt64());
            if (model.FindSignal(name) is not { } signal)
            {
                beyond += ofPredictions + without;
                continue;
            }

            var (found, late) = attributed.GetValueOrDefault(name);
            fates[name] = new SignalFate(
                signal,
                name,
                ofPredictions + without,
                found - late,
                late,
                Math.Max(0, ofPredictions - found),
                without
            );
        }

        foreach (var signal in model.Signals)
            fates.TryAdd(signal.Name, new SignalFate(signal, signal.Name, 0, 0, 0, 0, 0));
        return new SignalFates(
            [.. fates.Values.OrderByDescending(fate => fate.Signal!.Declared).ThenBy(fate => fate.Name, StringComparer.Ordinal)],
            beyond
        );
    }

    private async Task<Dictionary<string, (long Found, long Late)>> ReadAttributedAsync(
        ModelDefinition model,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    )
    {
        var found = new Dictionary<string, (long, long)>(StringComparer.Ordinal);
        // By the prediction's time, so that old parts are not read: a signal is at most the longest attribution window later.
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $$"""
                SELECT toString(name) AS signal, count() AS c,
                    countIf(toUnixTimestamp64Milli(signal_at) - toUnixTimestamp64Milli(timestamp) > transform(toString(name),
                        {names:Array(String)}, {attribution:Array(Int64)}, toInt64(-1))) AS late
                FROM {{ModelTables.Attributed(model.Id)}}
                WHERE timestamp >= {earliest:DateTime64(3, 'UTC')} AND timestamp < {latest:DateTime64(3, 'UTC')}
                    AND signal_at >= {from:DateTime64(3, 'UTC')} AND signal_at < {to:DateTime64(3, 'UTC')}
                GROUP BY signal
                """,
                new("from", from),
                new("to", to),
                new("earliest", from - SignalDefinition.MaxAttributionWindow),
                new("latest", to + TimeSpan.FromHours(1)),
                new("names", model.Signals.Select(signal => signal.Name)),
                new("attribution", model.Signals.Select(signal => (long)signal.AttributionWindow.TotalMilliseconds))
            ),
            cancellation
        );
        while (rows.Read())
            found[rows.ReadString()] = ((long)rows.ReadUInt64(), (long)rows.ReadUInt64());
        return found;
    }
}
