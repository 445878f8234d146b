using System.Buffers;

namespace Plumbline.Exposition.Scraping;

/// <summary>
/// The series of one model's newest window, written once: they stay the same until its points change, however often they are scraped.
/// </summary>
internal sealed class ModelSeries
{
    private readonly Dictionary<int, (ArrayBufferWriter<byte> Samples, int Count)> _families = [];

    /// <summary>How often the model's points had changed when these were read.</summary>
    public required long Changes { get; init; }

    /// <summary>The name under which they were written.</summary>
    public required string Model { get; init; }

    /// <summary>The length of window that they are of.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>End of the newest window; null when there is none.</summary>
    public DateTimeOffset? WindowEnd { get; private set; }

    /// <summary>End of the newest window with a number that needed ground truth; null when there is none.</summary>
    public DateTimeOffset? LabelledEnd { get; private set; }

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many there were besides.</summary>
    public long Dropped { get; set; }

    /// <summary>Adds a point's sample.</summary>
    public void Add(ExposedMetric metric, ReadOnlySpan<(string Name, string Value)> labels, double value)
    {
        var place = ExposedMetric.Places[metric.Metric];
        if (!_families.TryGetValue(place, out var family))
            family = (new ArrayBufferWriter<byte>(), 0);
        ExpositionText.Sample(family.Samples, metric.Name, labels, value * metric.Factor);
        _families[place] = family with { Count = family.Count + 1 };
        Count++;
    }

    /// <summary>Takes note of a window that has points.</summary>
    public void Note(DateTimeOffset windowEnd, bool isLabelled)
    {
        WindowEnd = windowEnd > WindowEnd || WindowEnd is null ? windowEnd : WindowEnd;
        if (isLabelled)
            LabelledEnd = windowEnd > LabelledEnd || LabelledEnd is null ? windowEnd : LabelledEnd;
    }

    /// <summary>The samples of a metric; empty when there are none.</summary>
    public ReadOnlySpan<byte> Of(int place) => _families.TryGetValue(place, out var family) ? family.Samples.WrittenSpan : default;
}
