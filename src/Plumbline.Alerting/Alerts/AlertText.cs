using System.Text;
using Plumbline.Alerting.Evaluation;
using Plumbline.Monitoring.Drift.Calibrated;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Text;

namespace Plumbline.Alerting.Alerts;

/// <summary>Words for streams and for how they moved.</summary>
internal static class AlertText
{
    /// <summary>What a rule watches in a stream: "input.missing_rate of order_amount in country=FR".</summary>
    internal static string Stream(StreamKey key)
    {
        var text = new StringBuilder(key.Metric);
        if (key.Feature.Length > 0)
            text.Append(" of ").Append(key.Feature);
        if (key.Class.Length > 0)
            text.Append(" of class ").Append(key.Class);
        if (key.Segment.Length > 0)
            text.Append(" in ").Append(key.Segment);
        if (key.Version.Length > 0)
            text.Append(" of version ").Append(key.Version);
        return text.ToString();
    }

    /// <summary>How far it moved: "3.9 % → 35 %" or "by 0.6 standard deviations".</summary>
    internal static string Change(StreamChange change, string unit) =>
        change.Key.Metric == CalibratedDriftMetrics.Calibrated ? $"by {Figures.Format(change.Value)} standard deviations"
        : change.Expected is { } expected ? $"{Figures.Format(expected, unit)} \u2192 {Figures.Format(change.Value, unit)}"
        : Figures.Format(change.Value, unit);

    /// <summary>What moved, and how far: "missing rate 3.9 % → 35 %", "order_amount moved by 0.6 standard deviations".</summary>
    internal static string Moved(StreamChange change)
    {
        var key = change.Key;
        if (key.Metric == CalibratedDriftMetrics.Calibrated)
            return $"{key.Feature} moved {Change(change, "")}";
        var name = key.Metric.Split('.', 2)[^1].Replace("_ms.", " ", StringComparison.Ordinal).Replace('_', ' ');
        var subject = key.Class.Length > 0 ? $"{name} of {key.Class}" : name;
        return $"{subject} {Change(change, KnownMetrics.Find(key.Metric)?.KnownUnit ?? "")}";
    }

    /// <summary>A list for people: "a, b and c", cut after some.</summary>
    /// <param name="items">The first of them, at least <paramref name="most"/> where there are more.</param>
    /// <param name="most">How many are named.</param>
    /// <param name="total">How many there are; null for as many as <paramref name="items"/> has.</param>
    internal static string List(IReadOnlyList<string> items, int most = 3, int? total = null)
    {
        var all = total ?? items.Count;
        return all switch
        {
            0 => "",
            1 => items[0],
            _ when all <= most => $"{string.Join(", ", items.Take(all - 1))} and {items[all - 1]}",
            _ => $"{string.Join(", ", items.Take(most))} and {all - most} more",
        };
    }
}
