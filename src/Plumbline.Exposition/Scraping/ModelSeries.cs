using System.Buffers;
using Plumbline.Monitoring.Metrics;

namespace Plumbline.Exposition.Scraping;

/// <summary>What tells series of one model and metric apart; empty texts for what is not distinguished.</summary>
internal readonly record struct SeriesKey(string Segment, string Version, string Feature, string Class, string Signal)
{
    /// <summary>All rows come first, then versions, then segments: what a limit leaves out is the most particular.</summary>
    public int Rank => (Segment.Length > 0 ? 2 : 0) + (Version.Length > 0 ? 1 : 0);
}

/// <summary>
/// The numbers of one model's newest window. They are read once and from then on follow what is written, so that a scrape costs no
/// statement. One lock each, taken for as long as a metric of the model is written out.
/// </summary>
/// <param name="model">The model's name.</param>
/// <param name="window">Length of the windows that are given.</param>
/// <param name="most">Series that are kept.</param>
internal sealed class ModelSeries(string model, TimeSpan window, int most)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SeriesKey, (double Value, DateTimeOffset Start)>?[] _metrics = new Dictionary<
        SeriesKey,
        (double, DateTimeOffset)
    >?[ExposedMetric.All.Count];

    // The same few names come with every series.
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private DateTimeOffset? _newest;
    private int _count;
    private long _left;

    /// <summary>The model's name.</summary>
    public string Model => model;

    /// <summary>Length of the windows that are given.</summary>
    public TimeSpan Window => window;

    /// <summary>How often the model's points had changed when this was up to date; -1 when it must be read again.</summary>
    public long Changes { get; private set; } = -1;

    /// <summary>End of the newest window; null when there is none.</summary>
    public DateTimeOffset? WindowEnd => _newest + window;

    /// <summary>How many series there are.</summary>
    public int Count => _count;

    /// <summary>How many there are besides, which were too many.</summary>
    public long Left => _left;

    /// <summary>Takes what was read: ascending in time, one of each series and window at most.</summary>
    /// <param name="points">The points.</param>
    /// <param name="changes">How often the model's points had changed before they were read.</param>
    /// <param name="left">Series that were not read because there were too many.</param>
    public void Fill(IReadOnlyCollection<MetricPoint> points, long changes, long left)
    {
        lock (_lock)
        {
            Take(points);
            _left = Math.Max(_left, left);
            Changes = changes;
        }
    }

    /// <summary>Takes what was written. When a write was missed, nothing is taken, and the next scrape reads everything again.</summary>
    /// <param name="points">The points; none when it is not known which have changed.</param>
    /// <param name="changes">How often the model's points have changed with this.</param>
    public void Follow(IReadOnlyCollection<MetricPoint>? points, long changes)
    {
        lock (_lock)
        {
            if (points is null || changes != Changes + 1 || !Take(points))
                Changes = -1;
            else
                Changes = changes;
        }
    }

    /// <summary>End of the newest window of which a number is known that needed ground truth; null when there is none.</summary>
    public DateTimeOffset? LabelledEnd()
    {
        lock (_lock)
        {
            return SeriesCache
                .LatePlaces.Where(place => _metrics[place] is { Count: > 0 })
                .Select(place => (DateTimeOffset?)_metrics[place]!.Values.Max(value => value.Start) + window)
                .DefaultIfEmpty(null)
                .Max();
        }
    }

    /// <summary>Whether there is a series of a metric.</summary>
    public bool Has(int place) => _metrics[place] is { Count: > 0 };

    /// <summary>Writes the samples of a metric.</summary>
    public void Write(int place, IBufferWriter<byte> output)
    {
        var metric = ExposedMetric.All[place];
        lock (_lock)
        {
            if (_metrics[place] is not { } series)
                return;
            foreach (var (key, (value, _)) in series)
            {
                ExpositionText.Sample(
                    output,
                    metric.Name,
                    [
                        ("model", model),
                        ("version", key.Version),
                        ("segment", key.Segment),
                        ("feature", key.Feature),
                        ("class", key.Class),
                        ("signal", key.Signal),
                    ],
                    value * metric.Factor
                );
            }
        }
    }

    // False when a number went whose predecessor is not known here.
    private bool Take(IReadOnlyCollection<MetricPoint> points)
    {
        var ours = points.Where(point => point.WindowEnd - point.WindowStart == window).ToList();
        var newest = ours.Where(point => point is { Metric: SeriesCache.Traffic, Segment: "", Version: "" })
            .Select(point => (DateTimeOffset?)point.WindowStart)
            .DefaultIfEmpty(null)
            .Max();
        if (newest > _newest || (_newest is null && newest is not null))
            Begin(newest.Value);
        var isWhole = true;
        foreach (var point in ours.OrderBy(point => point.WindowStart).SelectMany(point => point.Apart()))
        {
            if (ExposedMetric.Find(point.Metric) is var (metric, signal))
                isWhole &= Take(point, ExposedMetric.Places[metric.Metric], signal);
        }

        if (_count > most)
            LeaveOut();
        return isWhole;
    }

    private bool Take(MetricPoint point, int place, string signal)
    {
        var isLate = SeriesCache.LatePlaces.Contains(place);
        if (isLate ? point.WindowStart > _newest : point.WindowStart != _newest)
            return true;
        var series = _metrics[place] ??= [];
        var key = new SeriesKey(Once(point.Segment), Once(point.Version), Once(point.Feature), Once(point.Class), Once(signal));
        var isKnown = series.TryGetValue(key, out var known);
        if (isKnown && known.Start > point.WindowStart)
            return true;
        if (point is { Status: MetricStatus.Ok, Value: { } value } && double.IsFinite(value))
        {
            series[key] = (value, point.WindowStart);
            _count += isKnown ? 0 : 1;
            return true;
        }

        if (!isKnown || (isLate && known.Start != point.WindowStart))
            return true;
        series.Remove(key);
        _count--;
        return !isLate;
    }

    // Numbers that wait for ground truth stay until newer ones are known.
    private void Begin(DateTimeOffset newest)
    {
        _newest = newest;
        _left = 0;
        for (var place = 0; place < _metrics.Length; place++)
        {
            if (SeriesCache.LatePlaces.Contains(place) || _metrics[place] is not { } series)
                continue;
            _count -= series.Count;
            series.Clear();
        }
    }

    private void LeaveOut()
    {
        var last = _metrics
            .Index()
            .Where(metric => metric.Item is not null)
            .SelectMany(metric => metric.Item!.Keys.Select(key => (Place: metric.Index, Key: key)))
            .OrderBy(series => series.Key.Rank)
            .ThenBy(series => series.Place)
            .ThenBy(series => series.Key.Segment, StringComparer.Ordinal)
            .ThenBy(series => series.Key.Feature, StringComparer.Ordinal)
            .Skip(most)
            .ToList();
        foreach (var (place, key) in last)
            _metrics[place]!.Remove(key);
        _count -= last.Count;
        _left = Math.Max(_left, last.Count);
    }

    private string Once(string text)
    {
        if (text.Length == 0)
            return "";
        if (_texts.TryGetValue(text, out var known))
            return known;
        _texts.Add(text);
        return text;
    }
}
