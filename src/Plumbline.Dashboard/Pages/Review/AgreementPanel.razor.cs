using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Pages.Model;
using Plumbline.Registry.Text;
using Plumbline.Review.Answers;
using Plumbline.Statistics;

namespace Plumbline.Dashboard.Pages.Review;

/// <summary>How well annotators agree beyond chance, all together and each two.</summary>
public sealed partial class AgreementPanel
{
    private const int Days = 30;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    [Inject]
    private AnnotatorAgreement Agreement { get; set; } = null!;

    private async Task<Found> LoadAsync(CancellationToken cancellation) => new(await Agreement.OfAsync(Scope.Model, Days, cancellation));

    private static IEnumerable<(string Label, Estimate Estimate, string Unit)> Tiles(AgreementReport report)
    {
        if (report.Percent is { } percent)
            yield return ("The same answer", percent, "share");
        yield return ("Krippendorff's alpha", report.Alpha, "");
        if (report.Fleiss is { } fleiss)
            yield return ("Fleiss' kappa", fleiss, "");
    }

    // Its interval, or why there is no value.
    private static string Beside(Estimate estimate, string unit) =>
        estimate.Value is null ? estimate.Reason ?? ""
        : estimate.Lower is { } lower && estimate.Upper is { } upper ? $"{Figures.Format(lower, unit)} .. {Figures.Format(upper, unit)}"
        : "";

    private static string Kappa(PairAgreement pair) => pair.Kappa is { Value: { } kappa } ? Figures.Format(kappa) : "–";

    /// <summary>What was read; nothing where no two answered one task.</summary>
    public sealed record Found(AgreementReport? Report);
}
