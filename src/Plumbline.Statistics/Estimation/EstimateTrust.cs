using System.Globalization;
using Plumbline.Statistics.Multivariate;

namespace Plumbline.Statistics.Estimation;

/// <summary>
/// Says in words how far estimates without ground truth can be trusted: from the drift of the inputs now, and from how earlier estimates
/// fared when their ground truth came. A change of P(Y|X) leaves no other trace than the second.
/// </summary>
public static class EstimateTrust
{
    /// <summary>Warnings, most serious first; empty when nothing speaks against the estimates.</summary>
    /// <param name="drift">What a domain classifier found between reference and current rows; null = not measured.</param>
    /// <param name="past">Earlier estimates against what was realised; null = no ground truth yet.</param>
    public static IReadOnlyList<string> Warnings(DomainDrift? drift, EstimationError? past)
    {
        List<string> warnings = [];
        if (past is { Windows: >= 3 } error)
        {
            if (error.Coverage.Upper < 0.8)
            {
                warnings.Add(
                    Text($"of the last {error.Windows} windows with ground truth only {100 * error.Coverage.Value:0} % were realised ")
                        + "inside the estimate's 95 % interval: do not rely on it (concept drift?)"
                );
            }
        }
        else
        {
            warnings.Add("not yet checked against ground truth");
        }

        if (drift?.RocAuc.Lower > 0.75)
        {
            warnings.Add(
                Text($"the inputs left the reference: a classifier tells them apart with ROC AUC {drift.RocAuc.Value:0.00}, ")
                    + Text($"mostly by '{drift.Contributors[0].Feature}'; calibration and losses were learned elsewhere")
            );
        }

        return warnings;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
