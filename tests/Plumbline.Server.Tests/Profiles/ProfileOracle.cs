using Plumbline.Monitoring.Profiles;

namespace Plumbline.Server.Tests.Profiles;

/// <summary>One cell as it was sent: a number, a text, a wrong type (raw), or nothing.</summary>
internal sealed record Cell(double? Number = null, string? Text = null, bool IsWrongType = false);

/// <summary>A prediction of the random data, in plain C#.</summary>
internal sealed record Row(
    DateTimeOffset Timestamp,
    string Version,
    string Role,
    string Status,
    string Prediction,
    double Score,
    double LatencyMs,
    string? Segment,
    Cell[] Cells
);

/// <summary>Profiles counted by hand, straight from the definitions: the independent side of the comparison.</summary>
internal static class ProfileOracle
{
    public static FeatureProfile Numeric(
        FeatureProfile shape,
        IEnumerable<Cell> cells,
        IReadOnlyList<double>? edges,
        double minimum,
        double maximum
    )
    {
        var all = cells.ToList();
        var values = all.Where(cell => !cell.IsWrongType && cell.Number is { } number && double.IsFinite(number))
            .Select(cell => cell.Number!.Value)
            .ToList();
        var bins = edges is null ? [] : new ulong[edges.Count + 1];
        foreach (var value in values)
        {
            if (edges is not null)
                bins[edges.Count(edge => edge <= value)]++;
        }
        return shape with
        {
            Rows = all.Count,
            Present = values.Count,
            TypeErrors = all.Count(cell => cell.IsWrongType),
            PositiveInfinity = all.Count(cell => cell.Number == double.PositiveInfinity),
            NegativeInfinity = all.Count(cell => cell.Number == double.NegativeInfinity),
            Missing = all.Count(cell => !cell.IsWrongType && (cell.Number is null || double.IsNaN(cell.Number.Value))),
            OutOfRange = double.IsNaN(minimum) ? 0 : values.Count(value => value < minimum || value > maximum),
            Minimum = values.Count == 0 ? double.NaN : values.Min(),
            Maximum = values.Count == 0 ? double.NaN : values.Max(),
            Sum = values.Sum(),
            SumOfSquares = values.Sum(value => value * value),
            Bins = bins,
        };
    }

    public static FeatureProfile Categorical(
        FeatureProfile shape,
        IEnumerable<Cell> cells,
        FeatureBaseline? baseline,
        IReadOnlySet<string> referenceValues
    )
    {
        var all = cells.ToList();
        var bins = baseline is null ? [] : new ulong[baseline.Categories.Length + 2];
        foreach (var value in all.Where(cell => !cell.IsWrongType && cell.Text is not null).Select(cell => cell.Text!))
        {
            if (baseline is null)
                continue;
            var index = baseline.Categories.IndexOf(value);
            bins[
                index >= 0 ? index
                : referenceValues.Contains(value) ? baseline.Categories.Length
                : baseline.Categories.Length + 1
            ]++;
        }
        return shape with
        {
            Rows = all.Count,
            Present = all.Count(cell => !cell.IsWrongType && cell.Text is not null),
            TypeErrors = all.Count(cell => cell.IsWrongType),
            Missing = all.Count(cell => !cell.IsWrongType && cell.Text is null),
            Bins = bins,
        };
    }

    /// <summary>Type 7 quantile of finite values.</summary>
    public static double Quantile(IReadOnlyList<double> sorted, double p)
    {
        var position = p * (sorted.Count - 1);
        var below = (int)Math.Floor(position);
        return below + 1 < sorted.Count ? sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }

    public static void AssertSame(FeatureProfile expected, FeatureProfile actual)
    {
        Assert.Equal(expected.Feature, actual.Feature);
        Assert.Equal(expected.Rows, actual.Rows);
        Assert.Equal(expected.Present, actual.Present);
        Assert.Equal(expected.Missing, actual.Missing);
        Assert.Equal(expected.TypeErrors, actual.TypeErrors);
        Assert.Equal(expected.PositiveInfinity, actual.PositiveInfinity);
        Assert.Equal(expected.NegativeInfinity, actual.NegativeInfinity);
        Assert.Equal(expected.OutOfRange, actual.OutOfRange);
        Assert.Equal(expected.Minimum, actual.Minimum);
        Assert.Equal(expected.Maximum, actual.Maximum);
        Assert.Equal(expected.Sum, actual.Sum, 1e-9 * Math.Max(1, Math.Abs(expected.Sum)));
        Assert.Equal(expected.SumOfSquares, actual.SumOfSquares, 1e-9 * Math.Max(1, expected.SumOfSquares));
        Assert.Equal(expected.Bins, actual.Bins);
    }
}
