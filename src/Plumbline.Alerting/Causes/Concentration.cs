using Plumbline.Alerting.Alerts;
using Plumbline.Monitoring.Outputs;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Causes;

/// <summary>Answers fall into one class more often than before.</summary>
internal sealed class Concentration : CauseKind<StreamChange>
{
    private const string AnyClass = "one class";

    public override string Key => "concentration";

    public override string Title => "Answers concentrate";

    internal override Task<IReadOnlyList<CauseFacts>> FindAsync(CauseSearch search, CancellationToken cancellation)
    {
        var risen = search
            .Alerts.Where(alert =>
                alert is { Metric: OutputMetrics.Share or OutputMetrics.TopShare, Numbers: { Value: { } value, Expected: { } expected } }
                && value > expected
            )
            .MaxBy(alert => alert.Numbers.Effect ?? 0);
        return Task.FromResult<IReadOnlyList<CauseFacts>>(
            risen is null ? [] : [Found(risen.Class.Length > 0 ? risen.Class : AnyClass, 0.65, StreamChange.Of(risen))]
        );
    }

    public override bool IsShownBy(string subject, string metric, string? feature, string? segment) =>
        metric is OutputMetrics.Share or OutputMetrics.TopShare;

    internal override string Headline(CauseFacts cause, string change, IReadOnlyList<string> features) =>
        $"answers concentrate on {cause.Subject}: {change}";

    private protected override string Words(string subject, StreamChange change) =>
        $"The share of answers {subject}: {AlertText.Change(change, "share")}.";

    internal override string Path(CauseFacts cause, string model) => Links.Model(model, Links.Outputs);
}
