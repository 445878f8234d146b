using System.IO.Pipelines;
using System.Reflection;
using Plumbline.Alerting.Incidents;
using Plumbline.Ingestion.Writing;
using Plumbline.Registry.Models;
using Plumbline.Registry.Telemetry;

namespace Plumbline.Exposition.Scraping;

/// <summary>
/// Makes the answer to a scrape: the models' newest numbers, what became of events, and what the server measures of itself.
/// </summary>
internal sealed class Scrape(
    SeriesCache cache,
    ModelCatalog models,
    IngestionProgress progress,
    OpenIncidentReader incidents,
    InstrumentReader instruments,
    ExpositionInstruments own,
    ExpositionOptions options,
    TimeProvider time
)
{
    /// <summary>How much is gathered before it is sent, in bytes.</summary>
    private const int SendAt = 256 << 10;

    private static readonly string Version =
        typeof(Scrape).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    /// <summary>Writes the whole answer.</summary>
    public async Task WriteAsync(PipeWriter output, ExpositionFormat format, CancellationToken cancellation)
    {
        using var run = own.Scrape.Start("scrape");
        var (served, left) = Bounded(await cache.ReadAsync(cancellation));
        var open = await incidents.ReadAsync(cancellation);
        own.Served(served.Sum(series => series.Count));
        if (left.Values.Sum() is > 0 and var dropped)
            own.Dropped.Add(dropped);
        var text = new ExpositionText(output, format);
        for (var place = 0; place < ExposedMetric.All.Count; place++)
        {
            var isBegun = false;
            foreach (var series in served)
            {
                if (!series.Has(place))
                    continue;
                if (!isBegun)
                    text.Begin(FamilyOf(ExposedMetric.All[place]));
                isBegun = true;
                series.Write(place, output);
                if (output.UnflushedBytes > SendAt)
                    await output.FlushAsync(cancellation);
            }
        }

        WriteModels(text, served, left, open);
        new OwnFamilies(text).Write(instruments.Read(), Version);
        text.End();
        await output.FlushAsync(cancellation);
    }

    /// <summary>What fits into an answer, and how many series of which model do not.</summary>
    private (IReadOnlyList<ModelSeries> Served, IReadOnlyDictionary<string, long> Left) Bounded(IReadOnlyList<ModelSeries> all)
    {
        var oldest = time.GetUtcNow() - options.MaxAge;
        var served = new List<ModelSeries>(all.Count);
        var left = new Dictionary<string, long>(StringComparer.Ordinal);
        var room = options.MaxSeries;
        foreach (var series in all.Where(series => series.WindowEnd >= oldest))
        {
            var fits = series.Count <= room;
            var dropped = series.Left + (fits ? 0 : series.Count);
            if (dropped > 0)
                left[series.Model] = dropped;
            if (!fits)
                continue;
            room -= series.Count;
            served.Add(series);
        }

        return (served, left);
    }

    private static Family FamilyOf(ExposedMetric metric) => new(metric.Name, FamilyKind.Gauge, metric.Unit, metric.Help);

    private void WriteModels(
        ExpositionText text,
        IReadOnlyList<ModelSeries> served,
        IReadOnlyDictionary<string, long> left,
        IReadOnlyDictionary<int, OpenIncidents> open
    )
    {
        Write(ModelFamilies.WindowEnd, served, series => series.Model, series => Seconds(series.WindowEnd));
        Write(
            ModelFamilies.LabelledEnd,
            served.Select(series => (series.Model, End: series.LabelledEnd())).Where(labelled => labelled.End is not null),
            labelled => labelled.Model,
            labelled => Seconds(labelled.End)
        );
        Write(ModelFamilies.Dropped, left, pair => pair.Key, pair => pair.Value);
        Write(ModelFamilies.OpenIncidents, models.All, model => model.Name, model => open.GetValueOrDefault(model.Id)?.Count ?? 0);
        Write(
            ModelFamilies.WorstSeverity,
            models.All.Where(model => open.ContainsKey(model.Id)),
            model => model.Name,
            model => (int)open[model.Id].Worst
        );
        text.Begin(ModelFamilies.Events);
        foreach (var model in models.All)
        {
            var counters = progress.Of(model.Id);
            Outcome(model, "received", counters.Received);
            Outcome(model, "stored", counters.Stored);
            Outcome(model, "duplicate", counters.Duplicate);
            Outcome(model, "rejected", counters.Rejected);
        }

        void Outcome(ModelDefinition model, string outcome, long count) =>
            text.Sample(ModelFamilies.Events, [("model", model.Name), ("outcome", outcome)], count);

        void Write<T>(Family family, IEnumerable<T> rows, Func<T, string> model, Func<T, double> value)
        {
            text.Begin(family);
            foreach (var row in rows)
                text.Sample(family, [("model", model(row))], value(row));
        }
    }

    private static double Seconds(DateTimeOffset? instant) => instant?.ToUnixTimeSeconds() ?? 0;
}
