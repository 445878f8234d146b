using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Plumbline.Monitoring;
using Plumbline.Monitoring.References;
using Plumbline.Monitoring.Samples;
using Plumbline.Registry.Models;
using Plumbline.Statistics.Slices;
using Plumbline.Statistics.Trees;
using Plumbline.Store;

namespace Plumbline.Bench.Review;

/// <summary>A slice of the rows that is worse than the rest.</summary>
/// <param name="Name">Its conditions.</param>
/// <param name="Rows">For each row whether it is one of them.</param>
internal sealed record WeakSegment(string Name, bool[] Rows);

/// <summary>The rows of one public set, with a simple model that can be trained on any of them.</summary>
internal sealed class LiftWorld
{
    private readonly ModelDefinition _model;
    private readonly IReadOnlyList<FeatureDefinition> _features;
    private readonly RowSample _sample;
    private readonly FeatureTable _table;
    private readonly Dictionary<string, int> _rows;

    private LiftWorld(ModelDefinition model, IReadOnlyList<FeatureDefinition> features, RowSample sample, IReadOnlyList<string> ids)
    {
        (_model, _features, _sample, _table) = (model, features, sample, sample.ToTable());
        _rows = ids.Select((id, row) => (id, row)).ToDictionary(pair => pair.id, pair => pair.row, StringComparer.Ordinal);
    }

    public int Rows => _sample.Rows;

    private bool IsNumber => _model.Task == ModelTask.Regression;

    public int RowOf(string id) => _rows[id];

    /// <summary>Reads all rows of one day; null where the model has no feature but texts.</summary>
    public static async Task<LiftWorld?> ReadAsync(BenchHost host, ModelDefinition model, DateTimeOffset day)
    {
        var baseline = host.Get<BaselineCatalog>().Find(model)!;
        var features = FeatureSelection.Of(model, baseline).Features;
        if (features.IsEmpty)
            return null;
        var samples = await host.Get<RowSamples>()
            .WindowsAsync(model, day, day.AddDays(1), TimeSpan.FromDays(1), features, 1_000_000, default);
        var sample = samples.Values.Single();
        // The same rows in the same order, for their ids.
        var answered = model.Task == ModelTask.Regression ? "isFinite(prediction_value)" : "prediction != ''";
        using var rows = await host.Get<IColumnStore>()
            .QueryAsync(
                new SqlStatement(
                    $"SELECT prediction_id FROM {ModelTables.Predictions(model.Id)} WHERE role = 'primary' AND status = 'ok' AND {answered} "
                        + "ORDER BY sipHash64(id_hash, prediction_id, 'sample'), prediction_id",
                    []
                ),
                default
            );
        List<string> ids = [];
        while (rows.Read())
            ids.Add(rows.ReadString());
        if (ids.Count != sample.Rows || sample.HasGroundTruth.Contains(false))
            throw new InvalidOperationException($"{model.Name}: {ids.Count} ids for {sample.Rows} rows, or a row without ground truth.");
        return new LiftWorld(model, features, sample, ids);
    }

    /// <summary>Every other row: their order is one of chance.</summary>
    public (int[] Drawn, int[] Judged) Halves() =>
        ([.. Enumerable.Range(0, Rows).Where(row => row % 2 == 0)], [.. Enumerable.Range(0, Rows).Where(row => row % 2 == 1)]);

    /// <summary>Labelled rows of the reference.</summary>
    public Task<RowSample> ReferenceAsync(BenchHost host, int rows) =>
        host.Get<RowSamples>()
            .ReferenceAsync(_model, host.Get<BaselineCatalog>().Find(_model)!, _features, rows, onlyLabelled: true, default);

    /// <summary>The slice of up to two conditions where the deployed model is worst, searched in these rows; null without one.</summary>
    public WeakSegment? WeakSegment(int[] rows)
    {
        var sample = _sample.Select(rows);
        double[] losses =
        [
            .. Enumerable
                .Range(0, sample.Rows)
                .Select(row =>
                    IsNumber ? Math.Abs(sample.PredictionValues[row] - sample.GroundTruthValues[row])
                    : sample.Predictions[row] == sample.GroundTruths[row] ? 0
                    : 1.0
                ),
        ];
        var options = new SliceSearchOptions { MaximumPredicates = 2, MinimumShare = 0.03 };
        var found = SliceSearch.Find(Binned(sample), losses, options).Findings;
        if (found.Count == 0)
            return null;
        var table = Binned(_sample);
        return new WeakSegment(
            string.Join(
                " and ",
                found[0].Predicates.Select(predicate => $"{_features[predicate.Feature].Name} [{predicate.First}..{predicate.Last}]")
            ),
            table.Match(found[0].Predicates)
        );
    }

    /// <summary>Boosted trees on labelled rows of the reference and on answered rows of production.</summary>
    /// <param name="reference">Labelled rows of the reference; each counts once.</param>
    /// <param name="answered">Rows of production with the weight of each; they count as many rows in all, the heavy ones more.</param>
    public GradientBoostedTrees Train(RowSample reference, IReadOnlyList<(int Row, double Weight)> answered)
    {
        var added = _sample.Select([.. answered.Select(row => row.Row)]);
        double[] target = [.. Targets(reference), .. Targets(added)];
        var mean = answered.Count == 0 ? 1 : answered.Average(row => row.Weight);
        double[] weights = [.. Enumerable.Repeat(1.0, reference.Rows), .. answered.Select(row => row.Weight / mean)];
        return GradientBoostedTrees.Fit(
            reference.ToTable().Append(added.ToTable()),
            target,
            new TreeOptions
            {
                Objective = IsNumber ? TreeObjective.SquaredError : TreeObjective.BinaryLogLoss,
                Trees = 80,
                Leaves = 15,
            },
            weights
        );
    }

    /// <summary>Accuracy in percent, or the mean absolute error.</summary>
    public double Judge(GradientBoostedTrees trees, int[] rows)
    {
        var answers = trees.Predict(_table.Select(rows));
        double[] targets = [.. Targets(_sample.Select(rows))];
        return IsNumber
            ? answers.Zip(targets).Average(pair => Math.Abs(pair.First - pair.Second))
            : 100.0 * answers.Zip(targets).Count(pair => pair.First >= 0.5 == pair.Second >= 0.5) / rows.Length;
    }

    private IEnumerable<double> Targets(RowSample sample) =>
        IsNumber ? sample.GroundTruthValues : sample.GroundTruths.Select(truth => truth == _model.PositiveClass ? 1.0 : 0.0);

    // Bins are those of all rows, whichever of them are looked at.
    private SliceTable Binned(RowSample sample) =>
        new([
            .. _features.Select(
                (feature, index) =>
                    feature.Type == FeatureType.Categorical
                        ? SliceFeature.OfCategories(feature.Name, [.. Texts(sample, index)], Categories(index))
                        : SliceFeature.OfNumbers(feature.Name, [.. Numbers(sample, index)], Edges(index))
            ),
        ]);

    private string[] Categories(int feature) =>
        [
            .. Texts(_sample, feature)
                .OfType<string>()
                .CountBy(text => text)
                .OrderByDescending(pair => pair.Value)
                .ThenBy(pair => pair.Key, StringComparer.Ordinal)
                .Take(30)
                .Select(pair => pair.Key),
        ];

    private double[] Edges(int feature)
    {
        double[] present = [.. Numbers(_sample, feature).Where(double.IsFinite).Order()];
        return present.Length == 0 ? [] : [.. Enumerable.Range(1, 9).Select(tenth => present[tenth * present.Length / 10]).Distinct()];
    }

    private static IEnumerable<string?> Texts(RowSample sample, int feature) =>
        Enumerable.Range(0, sample.Rows).Select(row => sample.TextAt(feature, row));

    private static IEnumerable<double> Numbers(RowSample sample, int feature) =>
        Enumerable.Range(0, sample.Rows).Select(row => sample.NumberAt(feature, row));
}
