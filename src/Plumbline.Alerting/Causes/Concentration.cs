using Plumbline.Alerting.Alerts;
using Plumbline.Monitoring.Outputs;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Causes;

/// <summary>Answers fall into one class more often than before. Where a feature moved before on which they hang, that is why.</summary>
internal sealed class Concentration : CauseKind<StreamChange>
{
    private const string AnyClass = "one class";

    private const double Unexplained = 0.65;

    /// <summary>Below every feature that drifts.</summary>
    private const double Explained = 0.25;

    /// <summary>
    /// Windows by which a feature must have moved sooner: what moves together with the answers has a cause in common with them.
    /// </summary>
    private const int Sooner = 3;

    public override string Key => "concentration";

    public override string Title => "Answers concentrate";

    internal override async Task<IReadOnlyList<CauseFacts>> FindAsync(CauseSearch search, CancellationToken cancellation)
    {
        var risen = search
            .Alerts.Where(alert =>
                alert is { Metric: OutputMetrics.Share or OutputMetrics.TopShare, Numbers: { Value: { } value, Expected: { } expected } }
                && value > expected
            )
            .MaxBy(alert => alert.Numbers.Effect ?? 0);
        if (risen is null)
            return [];
        var features = await search.FeaturesAsync(cancellation);
        var score = features.Any(feature => feature.MovesAnswers && MovedSooner(feature, risen)) ? Explained : Unexplained;
        return [Found(risen.Class.Length > 0 ? risen.Class : AnyClass, score, StreamChange.Of(risen))];
    }

    // Within a long window nobody sees which moved first, and answers do not move a feature.
    private static bool MovedSooner(MovedFeature feature, AlertRow answers) =>
        answers.IsKnownToALongWindow
            ? feature.SinceMs <= answers.OnsetMs
            : feature.SinceMs < answers.OnsetMs - (Sooner * 1000L * answers.Numbers.WindowSeconds);

    public override bool IsShownBy(string subject, string metric, string? feature, string? segment) =>
        metric is OutputMetrics.Share or OutputMetrics.TopShare;

    internal override string Headline(CauseFacts cause, string change, IReadOnlyList<string> features) =>
        $"answers concentrate on {cause.Subject}: {change}";

    private protected override string Words(string subject, StreamChange change) =>
        $"The share of answers {subject}: {AlertText.Change(change, "share")}.";

    internal override string Path(CauseFacts cause, string model) => Links.Model(model, Links.Outputs);
}
