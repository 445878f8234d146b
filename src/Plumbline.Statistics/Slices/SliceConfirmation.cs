using Plumbline.Statistics.Intervals;
using Plumbline.Statistics.Multiplicity;
using Plumbline.Statistics.Probability;

namespace Plumbline.Statistics.Slices;

/// <summary>Tests a short list of slices on rows that had no part in finding them.</summary>
internal sealed class SliceConfirmation
{
    private const int FewestRows = 10;

    private readonly double[] _losses;
    private readonly ExplainedLosses _left;

    public SliceConfirmation(double[] losses)
    {
        _losses = losses;
        _left = new ExplainedLosses(losses);
    }

    /// <summary>
    /// The slice as the half sees it, and its one-sided p-value. The p-value is the larger of those with the slice's own variance (Welch)
    /// and with that of all rows: the one alone fails when a small slice happens to be constant, the other when errors are rare. After the
    /// first slice it must also hold for the losses that the earlier ones leave unexplained, since a slice that overlaps with a bad one is
    /// bad for that reason alone.
    /// </summary>
    public (double Inside, double Outside, Estimate Difference, double PValue) Test(bool[] slice)
    {
        var raw = Compare(_losses, slice);
        var left = Compare(_left.Unexplained, slice);
        _left.Add(slice);
        var estimate = Estimate.Of(raw.Difference, raw.Rows, slice.Length - raw.Rows);
        return (
            raw.Inside,
            raw.Outside,
            double.IsFinite(raw.Error)
                ? estimate.With(Confidence.Normal(raw.Difference, raw.Error)).WithStandardError(raw.Error)
                : estimate,
            Math.Max(raw.PValue, left.PValue)
        );
    }

    /// <summary>Holm's adjustment over all slices that were tested.</summary>
    public static double[] Adjust(IEnumerable<double> pValues) =>
        [.. AdjustedPValues.Holm([.. pValues.Select(p => (double?)p)]).Select(p => p!.Value)];

    private static (double Inside, double Outside, double Difference, double Error, double PValue, int Rows) Compare(
        double[] losses,
        bool[] slice
    )
    {
        double inside = 0,
            outside = 0;
        var rows = 0;
        for (var i = 0; i < losses.Length; i++)
        {
            inside += slice[i] ? losses[i] : 0;
            outside += slice[i] ? 0 : losses[i];
            rows += slice[i] ? 1 : 0;
        }

        var others = losses.Length - rows;
        if (rows < FewestRows || others < FewestRows)
            return (rows > 0 ? inside / rows : 0, others > 0 ? outside / others : 0, 0, double.NaN, 1, rows);
        (inside, outside) = (inside / rows, outside / others);
        double squaresInside = 0,
            squaresOutside = 0;
        for (var i = 0; i < losses.Length; i++)
        {
            var distance = losses[i] - (slice[i] ? inside : outside);
            squaresInside += slice[i] ? distance * distance : 0;
            squaresOutside += slice[i] ? 0 : distance * distance;
        }

        var difference = inside - outside;
        var together = (squaresInside + squaresOutside) / (losses.Length - 2);
        // One degree of freedom of the common variance: a slice whose rows all have the same loss is not therefore known exactly.
        var (own, rest) = ((squaresInside + together) / rows / rows, squaresOutside / (others - 1) / others);
        var error = Math.Sqrt(own + rest);
        var freedom = (own + rest) * (own + rest) / (own * own / (rows - 1) + rest * rest / (others - 1));
        if (!(error > 0))
            return (inside, outside, difference, double.NaN, 1, rows);
        var welch = Tails.Student(difference / error, freedom);
        var pooled = Tails.Normal(difference / Math.Sqrt(together * (1.0 / rows + 1.0 / others)));
        return (inside, outside, difference, error, Math.Max(welch, pooled), rows);
    }
}
