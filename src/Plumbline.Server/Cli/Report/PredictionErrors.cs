using Plumbline.Events;
using Plumbline.Registry.Models;
using Plumbline.Server.Cli.Shell;
using Plumbline.Statistics;
using Plumbline.Statistics.Performance;

namespace Plumbline.Server.Cli.Report;

/// <summary>How good predictions are, in the files that have ground truth and predictions.</summary>
internal sealed class PredictionErrors
{
    private const int MaxClasses = 50;

    // Whole numbers of so many different values are taken as classes; more of them are amounts.
    private const int ClassesOfNumbers = 20;
    private static readonly string[] PositiveTexts = ["1", "true", "yes", "positive"];
    private readonly ReportSettings _settings;
    private readonly string[] _classes;
    private readonly string? _positive;
    private readonly bool _predictsProbability;

    private PredictionErrors(ReportSettings settings, string[] classes, bool predictsProbability)
    {
        (_settings, _classes, _predictsProbability) = (settings, classes, predictsProbability);
        _positive = classes.Length == 2 ? PositiveOf(classes) : null;
    }

    /// <summary>Null when no ground truth or no prediction was named.</summary>
    public static PerformancePair? Of(TableFile reference, TableFile current, ReportSettings settings)
    {
        if (settings.Target is not { } target || settings.Prediction is not { } prediction)
            return null;
        TableFile[] usable = [.. new[] { reference, current }.Where(Has)];
        bool Has(TableFile file) => file.RowValues.ContainsKey(target) && file.RowValues.ContainsKey(prediction);
        var note =
            usable.Length == 2 ? null : $"'{target}' and '{prediction}' are not both in {(Has(reference) ? current : reference).Name}";
        if (usable.All(file => IsAmount(file, target)))
        {
            return new PerformancePair("regression", Side(reference, Regression), Side(current, Regression), note);
        }

        var probability = usable.All(file => IsProbability(file, prediction));
        string[] named = probability ? [target] : [target, prediction];
        var classes = usable
            .SelectMany(file => named.SelectMany(column => file.RowValues[column].ClassTexts))
            .Select(text => ClassNames.Canonical(text, ClassForm.AsWritten))
            .Where(text => text.Length > 0)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToArray();
        if (classes.Length > MaxClasses || usable.Any(file => file.RowValues[target].HasTooManyClasses))
            return new PerformancePair("classification", null, null, $"'{target}' has more than {MaxClasses} classes");
        var errors = new PredictionErrors(settings, classes, probability);
        return new PerformancePair("classification", Side(reference, errors.Classification), Side(current, errors.Classification), note);

        PerformanceFacts? Side(TableFile file, Func<TableFile, PerformanceFacts> facts) => Has(file) ? facts(file) : null;
        PerformanceFacts Regression(TableFile file) => RegressionOf(file.RowValues[target].Numbers, file.RowValues[prediction].Numbers);
    }

    private static bool IsAmount(TableFile file, string column)
    {
        var facts = file.Columns.First(one => one.Name == column);
        if (facts.Type != FeatureType.Numeric)
            return false;
        var different = facts.Sorted.Distinct().Take(ClassesOfNumbers + 1).ToArray();
        return different.Length > ClassesOfNumbers || different.Any(value => value != Math.Floor(value));
    }

    private static bool IsProbability(TableFile file, string column)
    {
        var facts = file.Columns.First(one => one.Name == column);
        return facts.Type == FeatureType.Numeric
            && facts.Sorted is { Length: > 0 } sorted
            && sorted[0] >= 0
            && sorted[^1] <= 1
            && sorted.Any(value => value != Math.Floor(value));
    }

    private static PerformanceFacts RegressionOf(List<double> truth, List<double> predicted)
    {
        var rows = new List<RegressionOutcome>(truth.Count);
        for (var i = 0; i < truth.Count; i++)
        {
            if (double.IsFinite(truth[i]) && double.IsFinite(predicted[i]))
                rows.Add(new RegressionOutcome(truth[i], predicted[i]));
        }

        var result = RegressionPerformance.Of(rows.ToArray());
        return new PerformanceFacts
        {
            Rows = rows.Count,
            Metrics = Known(
                ("MAE", result.MeanAbsoluteError),
                ("RMSE", result.RootMeanSquaredError),
                ("Mean error", result.MeanError),
                ("R²", result.R2)
            ),
        };
    }

    private PerformanceFacts Classification(TableFile file)
    {
        var (truth, predicted) = (file.RowValues[_settings.Target!], file.RowValues[_settings.Prediction!]);
        var (truthPlaces, predictedPlaces) = (Places(truth), Places(predicted));
        var scores = _settings.Score is { } score && file.RowValues.TryGetValue(score, out var given) ? given.Numbers : null;
        var positive = Array.IndexOf(_classes, _positive);
        var confusion = new ConfusionMatrix(Math.Max(2, _classes.Length));
        var binary = new List<BinaryOutcome>();
        for (var i = 0; i < truth.Classes.Count; i++)
        {
            var actual = truth.Classes[i] < 0 ? -1 : truthPlaces[truth.Classes[i]];
            var answer =
                _predictsProbability ? Decision(predicted.Numbers[i], positive)
                : predicted.Classes[i] < 0 ? -1
                : predictedPlaces[predicted.Classes[i]];
            if (actual < 0 || answer < 0)
                continue;
            confusion.Add(actual, answer);
            if (_positive is not null)
                binary.Add(new BinaryOutcome(actual == positive, answer == positive, ScoreOf(scores, predicted, i)));
        }

        return new PerformanceFacts
        {
            Rows = confusion.N,
            Metrics = _positive is null ? Multiclass(confusion) : Binary(binary),
            Classes = _classes,
            Confusion =
            [
                .. Enumerable
                    .Range(0, _classes.Length)
                    .Select(row => Enumerable.Range(0, _classes.Length).Select(column => (long)confusion[row, column]).ToArray()),
            ],
        };
    }

    private double ScoreOf(List<double>? scores, RowValues predicted, int row)
    {
        var score = scores?[row] ?? (_predictsProbability ? predicted.Numbers[row] : double.NaN);
        return score is >= 0 and <= 1 ? score : double.NaN;
    }

    // A probability is no class: from a half on it is taken as the positive one.
    private int Decision(double probability, int positive) =>
        double.IsNaN(probability) ? -1
        : _classes.Length != 2 ? -1
        : probability >= 0.5 ? positive
        : 1 - positive;

    private int[] Places(RowValues rows) =>
        [.. rows.ClassTexts.Select(text => Array.IndexOf(_classes, ClassNames.Canonical(text, ClassForm.AsWritten)))];

    private string PositiveOf(string[] classes)
    {
        if (_settings.PositiveClass is not { } told)
            return Array.Find(classes, text => PositiveTexts.Contains(text, StringComparer.OrdinalIgnoreCase)) ?? classes[1];
        return classes.Contains(told, StringComparer.Ordinal)
            ? told
            : throw new CommandLineException(
                ExitCode.Usage,
                $"no row has the class '{told}' (--positive-class); the classes are {string.Join(", ", classes)}"
            );
    }

    private static List<Measured> Binary(List<BinaryOutcome> rows)
    {
        var result = BinaryPerformance.Of(rows.ToArray());
        return Known(
            ("Accuracy", result.Accuracy),
            ("Precision", result.Confusion.Precision()),
            ("Recall", result.Confusion.Recall()),
            ("F1", result.F1),
            ("ROC AUC", result.RocAuc)
        );
    }

    private static List<Measured> Multiclass(ConfusionMatrix confusion) =>
        Known(
            ("Accuracy", confusion.Accuracy()),
            ("Precision (macro)", confusion.Precision()),
            ("Recall (macro)", confusion.Recall()),
            ("F1 (macro)", confusion.F1())
        );

    private static List<Measured> Known(params (string Name, Estimate Estimate)[] metrics) =>
        [
            .. metrics
                .Where(metric => metric.Estimate.Value is not null)
                .Select(metric => new Measured(metric.Name, metric.Estimate.Value!.Value)),
        ];
}
