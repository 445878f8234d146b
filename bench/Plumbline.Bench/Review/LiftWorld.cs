using System.Globalization;
using Plumbline.Statistics;
using Plumbline.Statistics.Slices;
using Plumbline.Statistics.Trees;

namespace Plumbline.Bench.Review;

/// <summary>A slice of the rows that is worse than the rest.</summary>
/// <param name="Name">Its conditions.</param>
/// <param name="Rows">For each row whether it is one of them.</param>
internal sealed record WeakSegment(string Name, bool[] Rows);

/// <summary>
/// The rows of one public set, and the watched model: boosted trees trained on one half of its reference. The other half of the reference
/// and one half of the current rows are what a server gets, with this model's answers; the other current rows are for judging alone.
/// Halves are made by chance. Rows are indices into all of them, the reference's first.
/// </summary>
internal sealed class LiftWorld
{
    private readonly LabelledSet _set;
    private readonly SetRows _rows;
    private readonly int _ofReference;
    private readonly List<SetColumn> _columns;
    private readonly FeatureTable _table;
    private readonly double[] _targets;
    private readonly double[] _answers;
    private readonly int[] _training;
    private readonly int[] _reference;
    private readonly Dictionary<string, int> _rowOf;

    /// <summary>Reads a set, halves its rows by a seed and trains the watched model.</summary>
    public LiftWorld(LabelledSet set, string folder, ulong seed)
    {
        (_set, (_rows, _ofReference)) = (set, set.Read(folder));
        var random = new RandomSource(seed);
        (_training, _reference) = Halves(0, _ofReference, random);
        (Drawn, Judged) = Halves(_ofReference, _rows.Rows.Count, random);
        _targets =
        [
            .. _rows[set.GroundTruth]
                .Select(truth =>
                    IsNumber ? double.Parse(truth, CultureInfo.InvariantCulture)
                    : truth == set.PositiveClass ? 1
                    : 0
                ),
        ];
        _columns =
        [
            .. _rows.Columns.Where(set.IsFeature).Select(column => SetColumn.Of(column, _rows[column], set.IsCategorical(column))),
            .. set.Text is null ? [] : TextNumbers.Of(_rows[set.Text], _targets, _training),
        ];
        _table = _columns.Aggregate(
            new FeatureTable(_rows.Rows.Count),
            (table, column) =>
                column.Numbers is { } numbers ? table.WithNumeric(column.Name, numbers) : table.WithCategorical(column.Name, column.Texts!)
        );
        _rowOf = _rows[LabelledSet.Id]
            .Select((id, row) => (id, row))
            .ToDictionary(pair => pair.id, pair => pair.row, StringComparer.Ordinal);
        Watched = Train([]);
        _answers = Watched.Predict(_table);
    }

    /// <summary>Whether numbers are predicted, not classes.</summary>
    public bool IsNumber => _set.Score is null;

    /// <summary>Current rows that a server gets and a policy draws from.</summary>
    public int[] Drawn { get; }

    /// <summary>Current rows that nothing is drawn from, searched in or trained with.</summary>
    public int[] Judged { get; }

    public GradientBoostedTrees Watched { get; }

    /// <summary>Whether the watched model answered a row with the wrong class; of numbers always.</summary>
    public bool IsWrong(int row) => Loss(_answers[row], row) > 0;

    public int RowOf(string id) => _rowOf[id];

    /// <summary>Writes what a server gets, with the answers of the watched model in the place of those that came with the set.</summary>
    public void Write(string folder)
    {
        SetRows answered;
        if (IsNumber)
        {
            answered = _rows.With(_set.Prediction, [.. _answers.Select(Text)]);
        }
        else
        {
            var negative = _rows[_set.GroundTruth].First(truth => truth != _set.PositiveClass);
            answered = _rows
                .With(_set.Prediction, [.. _answers.Select(answer => answer >= 0.5 ? _set.PositiveClass : negative)])
                .With(_set.Score!, [.. _answers.Select(Text)]);
        }

        _set.Write(folder, answered.Select(_reference), answered.Select(Drawn));
    }

    /// <summary>The slice of up to two conditions where the watched model is worst among the drawn half; null without one.</summary>
    public WeakSegment? WeakSegment()
    {
        double[] losses = [.. Drawn.Select(row => Loss(_answers[row], row))];
        // Bins are those of all current rows, whichever of them are looked at.
        int[] current = [.. Enumerable.Range(_ofReference, _rows.Rows.Count - _ofReference)];
        var binned = _columns.ConvertAll(column => Of(column, current).Binned());
        var drawn = binned.ConvertAll(feature => Of(feature.Feature, Drawn));
        var found = SliceSearch
            .Find(new SliceTable(drawn), losses, new SliceSearchOptions { MaximumPredicates = 2, MinimumShare = 0.03 })
            .Findings;
        if (found.Count == 0)
            return null;
        var matches = new SliceTable([.. binned.Select(feature => feature.Feature)]).Match(found[0].Predicates);
        return new WeakSegment(
            string.Join(" and ", found[0].Predicates.Select(condition => binned[condition.Feature].Tell(condition))),
            [.. new bool[_ofReference], .. matches]
        );
    }

    /// <summary>Boosted trees on the old training rows and on answered rows.</summary>
    /// <param name="answered">Rows with the weight of each; they count as many rows in all, the heavy ones more.</param>
    public GradientBoostedTrees Train(IReadOnlyList<(int Row, double Weight)> answered)
    {
        int[] rows = [.. _training, .. answered.Select(row => row.Row)];
        var mean = answered.Count == 0 ? 1 : answered.Average(row => row.Weight);
        double[] targets = [.. rows.Select(row => _targets[row])];
        double[] weights = [.. Enumerable.Repeat(1.0, _training.Length), .. answered.Select(row => row.Weight / mean)];
        return GradientBoostedTrees.Fit(
            _table.Select(rows),
            targets,
            new TreeOptions
            {
                Objective = IsNumber ? TreeObjective.SquaredError : TreeObjective.BinaryLogLoss,
                Trees = 80,
                Leaves = 15,
            },
            weights
        );
    }

    /// <summary>Accuracy in percent, or the mean absolute error, on these rows.</summary>
    public double Judge(GradientBoostedTrees trees, int[] rows)
    {
        var loss = trees.Predict(_table.Select(rows)).Zip(rows, Loss).Average();
        return IsNumber ? loss : 100 * (1 - loss);
    }

    private double Loss(double answer, int row) =>
        IsNumber ? Math.Abs(answer - _targets[row])
        : answer >= 0.5 == _targets[row] >= 0.5 ? 0
        : 1;

    private static (int[] One, int[] Other) Halves(int first, int end, RandomSource random)
    {
        int[] rows = [.. Enumerable.Range(first, end - first)];
        random.Shuffle(rows);
        return ([.. rows[..(rows.Length / 2)].Order()], [.. rows[(rows.Length / 2)..].Order()]);
    }

    private SliceFeature Of(SliceFeature feature, int[] rows) =>
        new(feature.Name, rows.Select(row => feature.Codes.Span[row - _ofReference]).ToArray(), feature.Bins, feature.IsOrdered);

    private static SetColumn Of(SetColumn column, int[] rows) =>
        new(
            column.Name,
            column.Numbers is { } numbers ? [.. rows.Select(row => numbers[row])] : null,
            column.Texts is { } texts ? [.. rows.Select(row => texts[row])] : null
        );

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
