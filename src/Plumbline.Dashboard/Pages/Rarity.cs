using Plumbline.Monitoring.Explore;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages;

/// <summary>How usual one value of a decision is beside the reference, in words.</summary>
public sealed record Rarity(bool Odd, string Words)
{
    /// <summary>Rarer than this among the reference's rows counts as odd.</summary>
    private const double Rare = 0.01;

    public static Rarity Of(FeatureBaseline? baseline, PredictionRow row, string feature)
    {
        if (row.TypeErrors.ContainsKey(feature))
            return new Rarity(true, "of the wrong type");
        if (baseline is null || baseline.Profile.Rows == 0)
            return new Rarity(false, "no reference");
        var value = row.Features.GetValueOrDefault(feature);
        if (value is null)
        {
            var share = baseline.Profile.Missing / (double)baseline.Profile.Rows;
            return new Rarity(share < Rare, $"missing, as in {Figures.Format(share, "share")} of the reference");
        }
        return baseline.IsNumeric
            ? OfNumber(baseline, value)
            : OfCategory(baseline, value is bool flag ? (flag ? "true" : "false") : value.ToString()!);
    }

    private static Rarity OfNumber(FeatureBaseline baseline, object value)
    {
        if (value is not double number)
            return new Rarity(true, "not finite");
        if (number < baseline.Profile.Minimum || number > baseline.Profile.Maximum)
        {
            return new Rarity(
                true,
                $"outside the reference's {Figures.Format(baseline.Profile.Minimum)} .. {Figures.Format(baseline.Profile.Maximum)}"
            );
        }

        ulong below = 0,
            whole = 0;
        for (var bin = 0; bin < baseline.Profile.Bins.Length; bin++)
        {
            whole += baseline.Profile.Bins[bin];
            if (bin < baseline.Edges.Length && baseline.Edges[bin] <= number)
                below += baseline.Profile.Bins[bin];
        }
        return new Rarity(false, whole == 0 ? "no reference" : $"above {Figures.Share(below, whole)} of the reference");
    }

    private static Rarity OfCategory(FeatureBaseline baseline, string value)
    {
        var place = baseline.Categories.IndexOf(value);
        if (place < 0)
        {
            return baseline.Categories.Length < 50
                ? new Rarity(true, "never in the reference")
                : new Rarity(false, "not among the reference's 50 most frequent values");
        }

        var share = baseline.Profile.Bins[place] / (double)Math.Max(1, baseline.Profile.Present);
        return new Rarity(share < Rare, $"as {Figures.Format(share, "share")} of the reference");
    }
}
