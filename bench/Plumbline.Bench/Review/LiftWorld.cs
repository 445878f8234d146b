using System.Globalization;
using Plumbline.Monitoring.Segments.ColdSpots;
using Plumbline.Statistics;
using Plumbline.Statistics.Trees;

namespace Plumbline.Bench.Review;

/// <summary>
/// The rows of one public set, and the watched model: boosted trees trained on one half of its reference. The other half of the reference
/// is the server's. A third of the current rows came earlier and has got its ground truth, from a third is drawn, a third is for judging
/// alone; the first two are the server's, with this model's answers. Parts are made by chance. Rows are indices into all of them, the
/// reference's first.
/// </summary>
internal sealed class LiftWorld
{
    private readonly LabelledSet _set;
    private readonly SetRows _rows;
    private readonly int _ofReference;
    private readonly FeatureTable _table;
    private readonly double[] _targets;
    private readonly double[] _answers;
    private readonly int[] _training;
    private readonly int[] _reference;
    private readonly int[] _earlier;
    private readonly Dictionary<string, int> _rowOf;

    /// <summary>Reads a set, halves its rows by a seed and trains the watched model.</summary>
    public LiftWorld(LabelledSet set, string folder, ulong seed)
    {
        (_set, (_rows, _ofReference)) = (set, set.Read(folder));
        var random = new RandomSource(seed);
        var halves = Parts(0, _ofReference, 2, random);
        (_training, _reference) = (halves[0], halves[1]);
        var thirds = Parts(_ofReference, _rows.Rows.Count, 3, random);
        (_earlier, Drawn, Judged) = (thirds[0], thirds[1], thirds[2]);
        _targets =
        [
            .. _rows[set.GroundTruth]
                .Select(truth =>
                    IsNumber ? double.Parse(truth, CultureInfo.InvariantCulture)
                    : truth == set.PositiveClass ? 1
                    : 0
                ),
        ];
        List<SetColumn> columns =
        [
            .. _rows.Columns.Where(set.IsFeature).Select(column => SetColumn.Of(column, _rows[column], set.IsCategorical(column))),
            .. set.Text is null ? [] : TextNumbers.Of(_rows[set.Text], _targets, _training),
        ];
        _table = columns.Aggregate(
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

    /// <summary>
    /// Writes what a server gets, with the answers of the watched model in the place of those that came with the set: the reference with
    /// the rows that came earlier, and the rows that are drawn from.
    /// </summary>
    public void Write(string earlier, string drawn)
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

        _set.Write(earlier, answered.Select(_reference), answered.Select(_earlier));
        _set.Write(drawn, null, answered.Select(Drawn));
    }

    /// <summary>For each row whether it lies in a cold spot.</summary>
    public bool[] In(ColdSpot spot)
    {
        var found = new bool[_rows.Rows.Count];
        Array.Fill(found, true);
        foreach (var condition in spot.Conditions)
        {
            var (values, known) = (_rows[condition.Feature], Known(condition.Feature));
            for (var row = 0; row < found.Length; row++)
                found[row] &= Holds(condition, values[row], known);
        }

        return found;
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

    private static int[][] Parts(int first, int end, int parts, RandomSource random)
    {
        int[] rows = [.. Enumerable.Range(first, end - first)];
        random.Shuffle(rows);
        return
        [
            .. Enumerable
                .Range(0, parts)
                .Select(part => rows[(part * rows.Length / parts)..((part + 1) * rows.Length / parts)].Order().ToArray()),
        ];
    }

    private HashSet<string> Known(string feature) => [.. _rows[feature].Take(_ofReference).Where(text => text.Length > 0)];

    private static bool Holds(ColdSpotCondition condition, string text, HashSet<string> known) =>
        condition.Kind switch
        {
            // Truth values are written in more than one way.
            "category" => text.Equals(condition.Category, StringComparison.OrdinalIgnoreCase),
            "missing" => text.Length == 0,
            "other" => text.Length > 0 && !known.Contains(text),
            "length" => Within(condition, text.Length),
            _ => text.Length > 0 && Within(condition, double.Parse(text, CultureInfo.InvariantCulture)),
        };

    private static bool Within(ColdSpotCondition condition, double number) =>
        number >= (condition.From ?? double.NegativeInfinity) && number < (condition.To ?? double.PositiveInfinity);

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
