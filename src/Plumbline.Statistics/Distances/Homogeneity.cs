using System.Numerics;
using Plumbline.Statistics.Probability;

namespace Plumbline.Statistics.Distances;

/// <summary>When Yates' continuity correction is applied.</summary>
public enum YatesCorrection
{
    /// <summary>Only to tables of 2 x 2 (one degree of freedom), as SciPy does. The default.</summary>
    TwoByTwo = 0,

    /// <summary>Never.</summary>
    Never = 1,
}

/// <summary>
/// Tests and measures of association on the 2 x B table of a reference and a current row of counts. Both rows are samples (homogeneity),
/// neither is taken as the truth (goodness of fit), so a category that is new in the current sample is no infinity. Columns that are zero
/// on both sides are dropped. Bad input as in <see cref="BinnedDistance"/>.
/// </summary>
public static class Homogeneity
{
    /// <summary>
    /// Pearson's chi-square test of homogeneity. Degrees of freedom = non-empty columns - 1; a single non-empty column gives statistic 0, p
    /// 1. The chi-square law is an approximation that wants expected counts of 5 or more in most cells.
    /// </summary>
    public static TestResult ChiSquare<T>(
        ReadOnlySpan<T> reference,
        ReadOnlySpan<T> current,
        YatesCorrection yates = YatesCorrection.TwoByTwo
    )
        where T : struct, INumberBase<T>
    {
        var totals = BinTotals.Of(reference, current);
        if (!totals.IsComparable)
            return totals.MissingTest();
        var columns = NonEmptyColumns(reference, current);
        if (columns < 2)
            return TestResult.Of(0, 1, totals.N, totals.M, "chi-square", 0);
        var statistic = Pearson(reference, current, totals, yates == YatesCorrection.TwoByTwo && columns == 2);
        return TestResult.Of(statistic, Tails.ChiSquare(statistic, columns - 1), totals.N, totals.M, "chi-square", columns - 1);
    }

    /// <summary>
    /// The likelihood-ratio test (G-test): 2 * sum of O ln(O / E), never corrected. Degrees of freedom as for <see cref="ChiSquare"/>.
    /// </summary>
    public static TestResult GTest<T>(ReadOnlySpan<T> reference, ReadOnlySpan<T> current)
        where T : struct, INumberBase<T>
    {
        var totals = BinTotals.Of(reference, current);
        if (!totals.IsComparable)
            return totals.MissingTest();
        var columns = NonEmptyColumns(reference, current);
        if (columns < 2)
            return TestResult.Of(0, 1, totals.N, totals.M, "chi-square", 0);
        var all = totals.Reference + totals.Current;
        var sum = 0.0;
        for (var i = 0; i < reference.Length; i++)
        {
            var r = double.CreateChecked(reference[i]);
            var c = double.CreateChecked(current[i]);
            var share = (r + c) / all;
            if (r > 0)
                sum += r * Math.Log(r / (totals.Reference * share));
            if (c > 0)
                sum += c * Math.Log(c / (totals.Current * share));
        }

        var statistic = Math.Max(0, 2 * sum);
        return TestResult.Of(statistic, Tails.ChiSquare(statistic, columns - 1), totals.N, totals.M, "chi-square", columns - 1);
    }

    /// <summary>
    /// Cramer's V = sqrt(chi2 / (N min(r - 1, c - 1))) without continuity correction; here r = 2, so sqrt(chi2 / N). In [0, 1]; 0 with one
    /// non-empty column.
    /// </summary>
    public static Estimate CramersV<T>(ReadOnlySpan<T> reference, ReadOnlySpan<T> current)
        where T : struct, INumberBase<T>
    {
        var totals = BinTotals.Of(reference, current);
        if (!totals.IsComparable)
            return totals.Missing();
        var phi = Pearson(reference, current, totals, yates: false) / (totals.Reference + totals.Current);
        return Estimate.Of(Math.Min(1, Math.Sqrt(phi)), totals.N, totals.M);
    }

    /// <summary>
    /// Cramer's V with the bias correction of Bergsma (2013): phi2' = max(0, phi2 - (r-1)(c-1)/(N-1)), r' = r - (r-1)^2/(N-1), c' alike,
    /// V = sqrt(phi2' / min(r' - 1, c' - 1)). In [0, 1]; near 0 without drift, whatever the number of categories.
    /// </summary>
    public static Estimate CramersVBiasCorrected<T>(ReadOnlySpan<T> reference, ReadOnlySpan<T> current)
        where T : struct, INumberBase<T>
    {
        var totals = BinTotals.Of(reference, current);
        if (!totals.IsComparable)
            return totals.Missing();
        var columns = NonEmptyColumns(reference, current);
        var all = totals.Reference + totals.Current;
        if (columns < 2)
            return Estimate.Of(0, totals.N, totals.M);
        if (all <= 2)
            return Estimate.Insufficient(totals.N, totals.M, "three rows are needed");
        var phi = Pearson(reference, current, totals, yates: false) / all;
        var corrected = Math.Max(0, phi - (columns - 1) / (all - 1));
        var rows = 2 - 1 / (all - 1);
        var width = columns - (columns - 1.0) * (columns - 1) / (all - 1);
        var freedom = Math.Min(rows - 1, width - 1);
        return freedom <= 0
            ? Estimate.Undefined(totals.N, totals.M, "as many categories as rows: the corrected measure has no room")
            : Estimate.Of(Math.Min(1, Math.Sqrt(corrected / freedom)), totals.N, totals.M);
    }

    private static int NonEmptyColumns<T>(ReadOnlySpan<T> reference, ReadOnlySpan<T> current)
        where T : struct, INumberBase<T>
    {
        var columns = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            if (!T.IsZero(reference[i]) || !T.IsZero(current[i]))
                columns++;
        }

        return columns;
    }

    private static double Pearson<T>(ReadOnlySpan<T> reference, ReadOnlySpan<T> current, BinTotals totals, bool yates)
        where T : struct, INumberBase<T>
    {
        var all = totals.Reference + totals.Current;
        var sum = 0.0;
        for (var i = 0; i < reference.Length; i++)
        {
            var r = double.CreateChecked(reference[i]);
            var c = double.CreateChecked(current[i]);
            if (r + c == 0)
                continue;
            var share = (r + c) / all;
            sum += Cell(r, totals.Reference * share, yates) + Cell(c, totals.Current * share, yates);
        }

        return sum;
    }

    private static double Cell(double observed, double expected, bool yates)
    {
        var difference = Math.Abs(observed - expected);
        if (yates)
            difference = Math.Max(0, difference - 0.5);
        return difference * difference / expected;
    }
}
