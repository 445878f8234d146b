using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Rules;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Registry.Windows;

namespace Plumbline.Alerting.Evaluation;

/// <summary>Up to where windows may be judged: complete, computed, and with ground truth where a rule needs it.</summary>
public sealed class EvaluationWatermark(AlertingOptions options, TimeProvider time)
{
    /// <summary>
    /// A window that failed this often is passed over, so that it does not hold up judging for ever; its error is on the health page.
    /// </summary>
    private const int AttemptsBeforePassedOver = 5;

    /// <summary>How long a rule waits for ground truth.</summary>
    public TimeSpan LabelDelay(ModelDefinition model) => model.LabelDelay ?? TimeSpan.FromHours(options.DefaultLabelDelayHours);

    /// <summary>Windows that start before this instant may be judged.</summary>
    public async Task<DateTimeOffset> FindAsync(
        StateDbContext db,
        ModelDefinition model,
        TimeSpan window,
        bool mature,
        CancellationToken cancellation
    )
    {
        var closed =
            time.GetUtcNow() - window - model.AllowedLateness - (mature ? LabelDelay(model) : TimeSpan.Zero) + TimeSpan.FromMilliseconds(1);
        const int TouchesInputs = (int)(DirtyReason.Predictions | DirtyReason.Reference | DirtyReason.Rewritten);
        var oldest = await db
            .DirtyWindows.AsNoTracking()
            .Where(row =>
                row.ModelId == model.Id && row.Attempts < AttemptsBeforePassedOver && (mature || (row.Reasons & TouchesInputs) != 0)
            )
            .MinAsync(row => (long?)row.StartMs, cancellation);
        if (oldest is not { } startMs)
            return closed;
        // A longer window waits for every base window in it.
        var pending = DateTimeOffset.FromUnixTimeMilliseconds(startMs) - (window - model.Window);
        return pending < closed ? pending : closed;
    }
}
