using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.SystemLayer.Machine;

/// <summary>From series of a Prometheus to the points of a model's windows.</summary>
internal static class MachineWindows
{
    private const int SamplesPerWindow = 60;
    private static readonly TimeSpan ShortestStep = TimeSpan.FromSeconds(5);

    /// <summary>Windows that fit into one question.</summary>
    public const int AtOnce = PrometheusClient.MostSamples / SamplesPerWindow;

    /// <summary>How far apart values are asked for: sixty a window, and no closer than anybody scrapes.</summary>
    public static TimeSpan StepOf(ModelDefinition model)
    {
        var step = TimeSpan.FromSeconds(Math.Floor(model.Window.TotalSeconds / SamplesPerWindow));
        return step < ShortestStep ? ShortestStep : step;
    }

    /// <summary>A point for each window that has a value: each series' mean over it, put together.</summary>
    /// <param name="model">Whose windows they are.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="across">How several series become one number.</param>
    /// <param name="series">What was given.</param>
    public static IReadOnlyList<MetricPoint> Of(
        ModelDefinition model,
        string metric,
        AcrossSeries across,
        IReadOnlyList<PrometheusSeries> series
    )
    {
        var means =
            from one in series
            from window in one.Samples.GroupBy(sample => model.WindowStart(sample.At))
            select (Start: window.Key, Mean: window.Average(sample => sample.Value), Samples: window.Count());
        return
        [
            .. means
                .GroupBy(mean => mean.Start)
                .OrderBy(window => window.Key)
                .Select(window => new MetricPoint
                {
                    Metric = metric,
                    WindowStart = window.Key,
                    WindowEnd = window.Key + model.Window,
                    Value = Together(across, window.Select(mean => mean.Mean)),
                    N = window.Sum(mean => mean.Samples),
                    Status = MetricStatus.Ok,
                }),
        ];
    }

    private static double Together(AcrossSeries across, IEnumerable<double> values) =>
        across switch
        {
            AcrossSeries.Mean => values.Average(),
            AcrossSeries.Sum => values.Sum(),
            _ => values.Max(),
        };
}
