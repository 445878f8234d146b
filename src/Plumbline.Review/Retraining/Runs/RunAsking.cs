using Plumbline.Registry.Models;
using Plumbline.Registry.Web;
using Plumbline.Review.Retraining.Targets;

namespace Plumbline.Review.Retraining.Runs;

/// <summary>Asks for runs, for people and triggers alike; and what people do with one that was asked for.</summary>
public sealed class RunAsking(RunStore runs, TargetCatalog targets, RunDataset datasets, LocalPrograms programs, TimeProvider time)
{
    /// <summary>What is wrong with a wish, by field; empty when nothing is.</summary>
    public async Task<IReadOnlyList<FieldError>> CheckAsync(ModelDefinition model, RunWish wish, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(wish);
        var errors = new List<FieldError>();
        if (wish.Target.Length == 0)
            errors.Add(new("target", "needed: the name of a target."));
        else if (await targets.FindAsync(wish.Target, cancellation) is not { } target)
            errors.Add(new("target", $"there is no target '{Problems.Shorten(wish.Target)}'."));
        else if (!target.Declared.Enabled)
            errors.Add(new("target", $"'{target.Name}' is switched off."));
        if (wish.Dataset is { } dataset && !await datasets.ExistsAsync(model, dataset, cancellation))
            errors.Add(new("dataset", $"the model has no data set '{Problems.Shorten(dataset)}'."));
        if (wish.Reason.Length > RunStore.MaxText)
            errors.Add(new("reason", $"at most {RunStore.MaxText} characters."));
        return errors;
    }

    /// <summary>Lets a run go that waits for somebody's word. False when it does not wait.</summary>
    public async Task<bool> ApproveAsync(RetrainingRunRow run, string by, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var result = await runs.ChangeAsync(
            run.Id,
            row =>
            {
                if (!row.NeedsApproval)
                    return false;
                (row.NeedsApproval, row.ApprovedBy, row.DueAtMs) = (false, by, now);
                return true;
            },
            cancellation
        );
        return result is { Changed: true };
    }

    /// <summary>
    /// Ends a run here: what it reports afterwards changes nothing. What runs over there is not stopped, but for a program of this machine.
    /// False when it has ended already.
    /// </summary>
    public async Task<bool> CancelAsync(RetrainingRunRow run, string by, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        var result = await runs.ChangeAsync(
            run.Id,
            row =>
            {
                (row.StateIs, row.NeedsApproval, row.Message) = (RunState.Cancelled, false, $"cancelled by {by}");
                return true;
            },
            cancellation
        );
        programs.End(run.Key);
        return result is { Changed: true };
    }
}
