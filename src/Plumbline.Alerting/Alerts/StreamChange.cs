using Plumbline.Alerting.Evaluation;

namespace Plumbline.Alerting.Alerts;

/// <summary>How a stream moved, as incidents keep it.</summary>
/// <param name="Key">The stream.</param>
/// <param name="Value">Its value in the window that made it fire, in the metric's unit.</param>
/// <param name="Expected">What is normal; null where the rule compares with nothing.</param>
public sealed record StreamChange(StreamKey Key, double? Value, double? Expected)
{
    /// <summary>The change that an alert found.</summary>
    public static StreamChange Of(AlertRow alert) => new(alert.Key, alert.Numbers.Value, alert.Numbers.Expected);
}
