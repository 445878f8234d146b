using Plumbline.Monitoring.Drift.Calibrated;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Performance;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Normals;

/// <summary>
/// What the declared reference of each model says of its answers and of its performance, window by window where its rows carry timestamps:
/// computed once per generation, when a rule first asks, and kept in memory.
/// </summary>
public sealed class ReferenceNormals(IColumnStore store, SegmentValues segmentValues, IBaselines baselines)
{
    /// <summary>Models in memory; the one that was not asked for the longest time is computed again.</summary>
    private const int MostModels = 64;

    /// <summary>Windows from which a distribution can be learned.</summary>
    private const int FewestWindows = 20;

    private readonly FittedOnce<(int Generation, int Segments), IReadOnlyDictionary<TimeSpan, ReferenceHistory>> _fits = new(MostModels);

    /// <summary>What the reference shows for windows of a length; nothing without a declared one.</summary>
    /// <param name="model">The model.</param>
    /// <param name="length">Length of the windows that are judged.</param>
    /// <param name="cancellation">Stops the waiting.</param>
    public async Task<ReferenceHistory> FindAsync(ModelDefinition model, TimeSpan length, CancellationToken cancellation)
    {
        if (baselines.Find(model) is not { Declared: true } baseline)
            return ReferenceHistory.None;
        var known = await segmentValues.KnownAsync(model, cancellation);
        var fit = await _fits.GetAsync(
            model.Id,
            (baseline.Generation, known.Sum(values => values.Length)),
            () => ComputeAsync(model, baseline, known),
            cancellation
        );
        return fit.GetValueOrDefault(length, ReferenceHistory.None);
    }

    /// <summary>Forgets a deleted model.</summary>
    public void Remove(ModelDefinition model) => _fits.Forget(model.Id);

    private async Task<IReadOnlyDictionary<TimeSpan, ReferenceHistory>> ComputeAsync(
        ModelDefinition model,
        Baseline baseline,
        IReadOnlyList<System.Collections.Immutable.ImmutableArray<string>> known
    )
    {
        var rows = await ReferenceRow.ReadAsync(store, model, baseline, known, CancellationToken.None);
        var classes = ScopeOutcomes.ClassesOf(model, rows.Select(row => row.Outcome));
        var whole = Points(model, classes, rows, grain: null);
        var histories = new Dictionary<TimeSpan, ReferenceHistory>();
        var own = NullSource.OfReference(model, baseline)?.Grain;
        foreach (var length in new[] { model.Window, CoarseWindows.Day }.Distinct())
        {
            var grain = own;
            if (grain < length)
                grain = length;
            var windows = grain is { } longest ? Points(model, classes, rows, longest) : [];
            histories[length] = new ReferenceHistory(
                baseline.Generation,
                whole.ToDictionary(
                    stream => stream.Key,
                    stream => new ReferenceNormal(
                        windows.TryGetValue(stream.Key, out var found) && found.Count >= FewestWindows ? found : [],
                        grain ?? length,
                        stream.Value[0]
                    )
                )
            );
        }

        return histories;
    }

    private static Dictionary<NormalStream, List<MetricPoint>> Points(
        ModelDefinition model,
        IReadOnlyList<string> classes,
        List<ReferenceRow> rows,
        TimeSpan? grain
    )
    {
        var points = new List<MetricPoint>();
        var seconds = (long?)grain?.TotalSeconds;
        foreach (var window in rows.GroupBy(row => seconds is { } s ? row.Time / s * s : 0).OrderBy(window => window.Key))
        {
            var scopes = new Dictionary<ProfileScope, ReferenceScope>();
            foreach (var row in window)
            {
                foreach (var scope in ScopeOutcomes.ScopesOf(model, row.Outcome))
                {
                    if (!scopes.TryGetValue(scope, out var content))
                        scopes[scope] = content = new ReferenceScope(model, classes);
                    content.Add(row);
                }
            }

            var start = DateTimeOffset.FromUnixTimeSeconds(window.Key);
            foreach (var (scope, content) in scopes)
                content.AddTo(new MetricSink(points, new MetricWindow(start, start + (grain ?? TimeSpan.Zero)), scope));
        }

        return points
            .Where(point => point is { Status: MetricStatus.Ok, Value: { } value } && double.IsFinite(value))
            .GroupBy(point => new NormalStream(point.Metric, point.Class, point.Segment))
            .ToDictionary(stream => stream.Key, stream => stream.ToList());
    }
}
