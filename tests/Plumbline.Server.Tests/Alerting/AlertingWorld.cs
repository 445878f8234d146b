using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Incidents;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;

namespace Plumbline.Server.Tests.Alerting;

/// <summary>
/// A model whose metric points are written directly, window by window up to a little before now, in the real store; judged by the real
/// rules. Without a specification its windows are hours.
/// </summary>
internal sealed class AlertingWorld
{
    private readonly TestHost _host;
    private readonly Random _random;
    private readonly List<MetricPoint> _points = [];

    private AlertingWorld(TestHost host, ModelDefinition model, int seed)
    {
        (_host, Model, _random) = (host, model, new Random(seed));
        End = model.WindowStart(TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(3));
    }

    public ModelDefinition Model { get; }

    /// <summary>End of the last window.</summary>
    public DateTimeOffset End { get; }

    public static async Task<AlertingWorld> CreateAsync(TestHost host, int seed = 1, object? specification = null)
    {
        var name = await host.CreateModelAsync(specification ?? new { task = "multiclass", label_delay = "1h" });
        return new AlertingWorld(host, host.Get<ModelCatalog>().Find(name)!, seed);
    }

    public DateTimeOffset HoursBeforeEnd(int hours) => End.AddHours(-hours);

    /// <summary>Start of the window that is so many before the end, the last is 1.</summary>
    public DateTimeOffset WindowsBeforeEnd(int windows) => End - (windows * Model.Window);

    /// <summary>
    /// A series of so many windows up to the end: the value of each (by windows before the end, the last is 1) with a little noise.
    /// No number is what too few rows give.
    /// </summary>
    public AlertingWorld Series(
        string metric,
        int windows,
        Func<int, double> value,
        string feature = "",
        string @class = "",
        string segment = "",
        string version = "",
        double noise = 0.01,
        double interval = 0.03,
        long n = 800
    )
    {
        for (var before = windows; before >= 1; before--)
        {
            var mean = value(before) + (noise * (_random.NextDouble() - 0.5));
            _points.Add(
                new MetricPoint
                {
                    Metric = metric,
                    Feature = feature,
                    Class = @class,
                    Segment = segment,
                    Version = version,
                    WindowStart = WindowsBeforeEnd(before),
                    WindowEnd = WindowsBeforeEnd(before - 1),
                    Value = double.IsNaN(mean) ? null : mean,
                    Lower = double.IsNaN(mean) ? null : mean - interval,
                    Upper = double.IsNaN(mean) ? null : mean + interval,
                    N = n,
                    Status = double.IsNaN(mean) ? MetricStatus.Undefined : MetricStatus.Ok,
                }
            );
        }

        return this;
    }

    /// <summary>Calibrated drift of a feature: moved in the given windows, surely and by more than matters.</summary>
    public AlertingWorld Drift(string feature, int windows, Func<int, bool> moved, string segment = "", double size = 0.6)
    {
        for (var before = windows; before >= 1; before--)
        {
            _points.Add(
                new MetricPoint
                {
                    Metric = "drift.calibrated",
                    Feature = feature,
                    Segment = segment,
                    WindowStart = WindowsBeforeEnd(before),
                    WindowEnd = WindowsBeforeEnd(before - 1),
                    Value = moved(before) ? size : 0.05,
                    PValue = moved(before) ? 1e-6 : 0.5,
                    N = 800,
                    Status = MetricStatus.Ok,
                }
            );
        }

        return this;
    }

    public AlertingWorld Rows(int windows, string version = "", Func<int, double>? value = null) =>
        Series("input.rows", windows, value ?? (_ => 800), version: version, noise: 0, interval: 0);

    /// <summary>Writes the points up to some windows before the end (all of them without), and judges.</summary>
    public async Task EvaluateAsync(int untilWindowsBeforeEnd = 0)
    {
        var until = WindowsBeforeEnd(untilWindowsBeforeEnd);
        var due = _points.Where(point => point.WindowEnd <= until).ToList();
        _points.RemoveAll(point => point.WindowEnd <= until);
        if (due.Count > 0)
            await _host.Get<MetricPointStore>().WriteAsync(Model.Id, due, TestContext.Current.CancellationToken);
        await _host.Get<RuleEvaluation>().EvaluateAsync(Model, TestContext.Current.CancellationToken);
    }

    public async Task<IReadOnlyList<IncidentDetail>> IncidentsAsync()
    {
        var reader = _host.Get<IncidentReader>();
        var found = new List<IncidentDetail>();
        foreach (
            var incident in await reader.ListAsync(
                new IncidentQuery { ModelId = Model.Id, Limit = 100 },
                TestContext.Current.CancellationToken
            )
        )
        {
            found.Add((await reader.FindAsync(incident.Id, TestContext.Current.CancellationToken))!);
        }

        return [.. found.OrderBy(detail => detail.Incident.Onset)];
    }
}
