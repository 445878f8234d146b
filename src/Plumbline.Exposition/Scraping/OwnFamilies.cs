using System.Diagnostics;
using Plumbline.Registry.Telemetry;

namespace Plumbline.Exposition.Scraping;

/// <summary>What the server measures of itself, and the few numbers that every process gives.</summary>
internal sealed class OwnFamilies(ExpositionText text)
{
    private static readonly Family Build = new("plumbline_build", FamilyKind.Info, "", "The version that runs.");

    private static readonly Family Processor = new(
        "process_cpu_seconds",
        FamilyKind.Counter,
        "seconds",
        "Processor time of the process, in user and system mode."
    );

    private static readonly Family Memory = new("process_resident_memory_bytes", FamilyKind.Gauge, "bytes", "Memory of the process.");

    private static readonly Family Started = new(
        "process_start_time_seconds",
        FamilyKind.Gauge,
        "seconds",
        "When the process started, in seconds since 1970."
    );

    /// <summary>Writes all.</summary>
    public void Write(IReadOnlyList<InstrumentReading> readings, string version)
    {
        foreach (var instrument in readings.GroupBy(reading => reading.Name))
            Write([.. instrument]);
        Single(Build, [("version", version)], 1);
        using var process = Process.GetCurrentProcess();
        Single(Processor, [], process.TotalProcessorTime.TotalSeconds);
        Single(Memory, [], process.WorkingSet64);
        Single(Started, [], new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0);
    }

    private void Write(IReadOnlyList<InstrumentReading> readings)
    {
        var first = readings[0];
        var (name, unit) = ExposedNames.OfInstrument(first.Name, first.Unit);
        var kind = first.Kind switch
        {
            InstrumentKind.Work => FamilyKind.Histogram,
            InstrumentKind.Counter => FamilyKind.Counter,
            _ => FamilyKind.Gauge,
        };
        var family = new Family(name, kind, unit, Sentence(first.Description));
        text.Begin(family);
        foreach (var reading in readings)
        {
            if (kind == FamilyKind.Histogram)
                text.Histogram(family, LabelsOf(reading), WorkInstrument.BucketSeconds, reading.Buckets, reading.Value);
            else
                text.Sample(family, LabelsOf(reading), reading.Value);
        }

        if (kind == FamilyKind.Histogram)
            WriteFailures(readings);
    }

    private void WriteFailures(IReadOnlyList<InstrumentReading> readings)
    {
        const string Duration = ".duration";
        var work = readings[0].Name;
        var (name, _) = ExposedNames.OfInstrument(work[..^Duration.Length] + ".failures", "");
        var family = new Family(name, FamilyKind.Counter, "", $"Of these, those that failed: {readings[0].Description}.");
        text.Begin(family);
        foreach (var reading in readings)
            text.Sample(family, LabelsOf(reading), reading.Failed);
    }

    private void Single(Family family, ReadOnlySpan<(string, string)> labels, double value)
    {
        text.Begin(family);
        text.Sample(family, labels, value);
    }

    private static (string, string)[] LabelsOf(InstrumentReading reading) =>
        [.. reading.Labels.Select(label => (label.Key.Replace('.', '_'), label.Value))];

    private static string Sentence(string words) => $"{char.ToUpperInvariant(words[0])}{words[1..]}.";
}
