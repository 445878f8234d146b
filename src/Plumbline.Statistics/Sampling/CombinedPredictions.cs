using MathNet.Numerics.LinearAlgebra;

namespace Plumbline.Statistics.Sampling;

/// <summary>One row of a Poisson sample that a person labelled, in a population that several cheap sources spoke of.</summary>
/// <param name="Value">What the person said, such as 1 for a right answer.</param>
/// <param name="Predictions">What each source said of the row, on any scale; as many for all rows, in the same order.</param>
/// <param name="Probability">With which the row was to be taken, in (0, 1].</param>
public readonly record struct CombinedRow(double Value, IReadOnlyList<double> Predictions, double Probability);

/// <summary>
/// Prediction-powered inference from several cheap sources at once, such as a model's expected error, a rule and a judge: what they say
/// together is the least-squares prediction of the labels from all of them. It is learned from the labels themselves, so each row is
/// predicted by what was learned without its fifth of the rows (cross-prediction: Zrnic and Candès 2024), lest a source that only fits
/// these labels by chance promise more than it holds. <see cref="PredictionPoweredMean"/> does the rest.
/// </summary>
public static class CombinedPredictions
{
    /// <summary>Labelled rows that each source needs; with fewer the first source alone is followed.</summary>
    public const int RowsPerSource = 20;

    private const int Folds = 5;

    /// <summary>How many of some sources are followed with so many labelled rows: all of them, or the first alone.</summary>
    public static int Followed(int rows, int sources) => rows < sources * RowsPerSource ? Math.Min(1, sources) : sources;

    /// <summary>The mean over all rows; never wider than that of the labels alone.</summary>
    /// <param name="sample">The labelled rows; finite values and predictions.</param>
    /// <param name="populationMeans">Mean of each source's predictions over all rows, labelled or not.</param>
    /// <param name="population">Number of all rows, at least that of the sample.</param>
    /// <param name="areShares">True where values are 0 or 1.</param>
    /// <exception cref="ArgumentException">
    /// There is no source, a row has another number of predictions than there are means, or what <see cref="PredictionPoweredMean.Of"/>
    /// refuses.
    /// </exception>
    public static PoweredMean Mean(
        IReadOnlyList<CombinedRow> sample,
        IReadOnlyList<double> populationMeans,
        long population,
        bool areShares = false
    )
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(populationMeans);
        var sources = populationMeans.Count;
        if (sources == 0)
            throw new ArgumentException("There is no source.", nameof(populationMeans));
        if (sample.FirstOrDefault(row => row.Predictions.Count != sources) is { Predictions: { } wrong })
            throw new ArgumentException($"{wrong.Count} predictions of {sources} sources.", nameof(sample));
        if (Followed(sample.Count, sources) == 1)
        {
            return PredictionPoweredMean.Of(
                [.. sample.Select(row => new PoweredRow(row.Value, row.Predictions[0], row.Probability))],
                populationMeans[0],
                population,
                areShares
            );
        }

        // The mean of each fold's predictions over all rows counts as often as it has rows in the sample.
        var (rows, mean) = (new PoweredRow[sample.Count], 0.0);
        for (var fold = 0; fold < Folds; fold++)
        {
            var combination = Fit([.. sample.Where((_, i) => i % Folds != fold)], sources);
            var ofFold = 0.0;
            for (var i = fold; i < rows.Length; i += Folds)
            {
                var prediction = Predict(combination, sample[i].Predictions);
                rows[i] = new PoweredRow(sample[i].Value, prediction, sample[i].Probability);
                ofFold += 1 / sample[i].Probability;
            }

            mean += ofFold * Predict(combination, populationMeans);
        }

        return PredictionPoweredMean.Of(rows, mean / sample.Sum(row => 1 / row.Probability), population, areShares);
    }

    /// <summary>
    /// The constant, then a factor for each source: least squares weighted by 1 / probability, with a ridge of one average row for each
    /// source, so that sources that say the same, or nothing, have a solution too.
    /// </summary>
    private static double[] Fit(IReadOnlyList<CombinedRow> rows, int sources)
    {
        var design = Matrix<double>.Build.Dense(sources + 1, sources + 1);
        var right = Vector<double>.Build.Dense(sources + 1);
        var mean = rows.Average(row => 1 / row.Probability);
        foreach (var row in rows)
        {
            var weight = 1 / (row.Probability * mean);
            for (var a = 0; a <= sources; a++)
            {
                right[a] += weight * Of(row, a) * row.Value;
                for (var b = 0; b <= sources; b++)
                    design[a, b] += weight * Of(row, a) * Of(row, b);
            }
        }

        for (var a = 1; a <= sources; a++)
            design[a, a] += design[a, a] / rows.Count + 1e-9;
        return [.. design.Solve(right)];

        static double Of(CombinedRow row, int at) => at == 0 ? 1 : row.Predictions[at - 1];
    }

    private static double Predict(double[] combination, IReadOnlyList<double> predictions)
    {
        var sum = combination[0];
        for (var i = 0; i < predictions.Count; i++)
            sum += combination[i + 1] * predictions[i];
        return sum;
    }
}
