using System.Text.Json;
using Plumbline.Alerting.Delivery.Sending;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Review.Retraining.Targets;

namespace Plumbline.Review.Retraining.Runs;

/// <summary>
/// Takes a run from its request to its target, and asks how it is. The attempt is noted before it is made and its outcome after: a server
/// that dies in between repeats it with the same key, which the target knows.
/// </summary>
public sealed class RunSending(
    RunStore runs,
    RunProgress progress,
    RunDataset datasets,
    TargetCatalog targets,
    TargetPermissions permissions,
    ModelCatalog models,
    OutboundHttp http,
    LocalPrograms programs,
    MessageLinks links,
    RetrainingOptions options,
    TimeProvider time,
    ILogger<RunSending> log
)
{
    /// <summary>The address of callbacks; the key of the run follows.</summary>
    public const string Hook = "/hooks/retraining";

    /// <summary>Does the next thing about a run.</summary>
    public async Task StepAsync(RetrainingRunRow run, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (models.Find(run.ModelId) is not { } model)
            return;
        switch (run.StateIs)
        {
            case RunState.Requested:
                await MoveAsync(run, row => row.StateIs = RunState.Building, cancellation);
                break;
            case RunState.Building:
                await BuildAsync(model, run, cancellation);
                break;
            case RunState.Sending:
                await SendAsync(run, cancellation);
                break;
            default:
                await FollowAsync(run, cancellation);
                break;
        }
    }

    private async Task BuildAsync(ModelDefinition model, RetrainingRunRow run, CancellationToken cancellation)
    {
        RequestedDataset? dataset = null;
        if (run.Dataset is not null)
        {
            (dataset, var problem) = await datasets.BuildAsync(model, run, cancellation);
            if (problem is not null)
            {
                await FailAsync(run, $"the data set could not be made: {problem}", cancellation);
                return;
            }
        }

        var request = new RunRequest
        {
            Run = run.Key,
            Model = model.Name,
            Version = models.Versions(model.Id).LastOrDefault(version => version != VersionPlaces.Other),
            Trigger = run.Trigger,
            Reason = run.Reason,
            RequestedAt = DateTimeOffset.FromUnixTimeMilliseconds(run.RequestedAtMs),
            RequestedBy = run.RequestedBy,
            Evidence = run.Evidence is null ? null : JsonSerializer.Deserialize<JsonElement>(run.Evidence),
            Dataset = dataset,
        };
        await MoveAsync(
            run,
            row =>
            {
                (row.StateIs, row.DatasetVersion) = (RunState.Sending, dataset?.Version);
                row.Request = JsonSerializer.Serialize(request, RunRequest.Json);
            },
            cancellation
        );
    }

    private async Task SendAsync(RetrainingRunRow run, CancellationToken cancellation)
    {
        if (await targets.FindAsync(run.Target, cancellation) is not { Declared.Enabled: true } target)
        {
            await FailAsync(run, $"the target '{run.Target}' was removed or switched off", cancellation);
            return;
        }

        if (runs.TokenOf(run) is not { } token)
        {
            await FailAsync(run, "the secret of its callback cannot be read: the keys of the data folder are other ones", cancellation);
            return;
        }

        var now = time.GetUtcNow();
        var noted = await runs.ChangeAsync(
            run.Id,
            row =>
            {
                if (row.StateIs != RunState.Sending)
                    return false;
                row.Attempts++;
                row.SentAtMs ??= now.ToUnixTimeMilliseconds();
                return true;
            },
            cancellation
        );
        if (noted is not { Changed: true, Run: var sent })
            return;
        var reply = target.SecretsLost
            ? new TargetReply(TargetVerdict.Retry, "the stored secrets of its target cannot be read; set them again")
            : await AttemptAsync(CallOf(target, sent, token), cancellation);
        await RecordAsync(sent, target, reply, cancellation);
    }

    private async Task<TargetReply> AttemptAsync(TargetCall call, CancellationToken cancellation)
    {
        try
        {
            return await call.Target.Kind.StartAsync(call, cancellation);
        }
        catch (Exception failure) when (failure is not OperationCanceledException and not OutOfMemoryException)
        {
            var reason = call.Target.Redact($"{failure.GetType().Name}: {failure.Message}");
            log.AttemptFailed(call.Request.Run, call.Target.Name, reason);
            return new TargetReply(TargetVerdict.Retry, reason);
        }
    }

    private async Task RecordAsync(RetrainingRunRow run, RetrainingTarget target, TargetReply reply, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var givenUp =
            reply.Verdict == TargetVerdict.Retry && now.ToUnixTimeMilliseconds() - run.SentAtMs >= options.GiveUpAfter.TotalMilliseconds;
        if (reply.Verdict == TargetVerdict.Refused || givenUp)
        {
            var reason = givenUp
                ? $"given up after {DurationText.Format(options.GiveUpAfter)}: {reply.Detail}"
                : $"the target refused it: {reply.Detail}";
            await FailAsync(run, reason, cancellation);
            return;
        }

        await runs.ChangeAsync(
            run.Id,
            row =>
            {
                row.RemoteId = reply.RemoteId ?? row.RemoteId;
                // Its callback may have been faster than the answer.
                if (row.StateIs != RunState.Sending)
                    return true;
                row.Message = reply.Detail;
                if (reply.Verdict == TargetVerdict.Retry)
                {
                    var pause = RetrySchedule.Pause(row.Key, row.Attempts, permissions.RetryPause, reply.RetryAfter);
                    row.DueAtMs = (now + pause).ToUnixTimeMilliseconds();
                    return true;
                }

                (row.StateIs, row.Token, row.HeardAtMs) = (RunState.Queued, null, now.ToUnixTimeMilliseconds());
                row.DueAtMs = NextLook(row, target, now);
                return true;
            },
            cancellation
        );
    }

    private async Task FollowAsync(RetrainingRunRow run, CancellationToken cancellation)
    {
        var target = await targets.FindAsync(run.Target, cancellation);
        var answer = new TargetAnswer(null);
        if (target is { SecretsLost: false } && target.Kind.CanBeAsked(target.Declared))
            answer = await AskAsync(CallOf(target, run, token: null), run, cancellation);
        if (answer.Report is { } report)
        {
            await progress.ReportAsync(run, report, cancellation);
            if (report.State.HasEnded())
                programs.Forget(run.Key);
        }

        var now = time.GetUtcNow();
        await runs.ChangeAsync(
            run.Id,
            row =>
            {
                if (now.ToUnixTimeMilliseconds() >= Deadline(row))
                {
                    row.Message = $"nothing was heard of it for {DurationText.Format(options.Timeout)}";
                    row.StateIs = RunState.Failed;
                    return true;
                }

                if (answer.Problem is { } problem)
                    row.Message = $"its target could not be asked: {problem}";
                row.DueAtMs = NextLook(row, target, now);
                return true;
            },
            cancellation
        );
    }

    private static async Task<TargetAnswer> AskAsync(TargetCall call, RetrainingRunRow run, CancellationToken cancellation)
    {
        try
        {
            return await call.Target.Kind.AskAsync(call, run.RemoteId, cancellation);
        }
        catch (Exception failure) when (failure is not OperationCanceledException and not OutOfMemoryException)
        {
            return new TargetAnswer(null, call.Target.Redact($"{failure.GetType().Name}: {failure.Message}"));
        }
    }

    private TargetCall CallOf(RetrainingTarget target, RetrainingRunRow run, string? token)
    {
        var request = JsonSerializer.Deserialize<RunRequest>(run.Request!, RunRequest.Json)!;
        var hook = token is null ? null : links.To($"{Hook}/{run.Key}?token={token}");
        return new TargetCall(target, request with { CallbackUrl = hook }, run.Attempts, http, programs, permissions, time.GetUtcNow());
    }

    private long NextLook(RetrainingRunRow run, RetrainingTarget? target, DateTimeOffset now)
    {
        var deadline = Deadline(run);
        return target?.Kind.CanBeAsked(target.Declared) == true
            ? Math.Min(deadline, (now + options.PollInterval).ToUnixTimeMilliseconds())
            : deadline;
    }

    private long Deadline(RetrainingRunRow run) => (run.HeardAtMs ?? run.RequestedAtMs) + (long)options.Timeout.TotalMilliseconds;

    private Task FailAsync(RetrainingRunRow run, string reason, CancellationToken cancellation)
    {
        log.RunFailed(run.Key, run.Target, reason);
        return MoveAsync(run, row => (row.StateIs, row.Message) = (RunState.Failed, reason), cancellation);
    }

    // On from where it was when it was read; somebody may have ended it meanwhile.
    private async Task MoveAsync(RetrainingRunRow run, Action<RetrainingRunRow> move, CancellationToken cancellation)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await runs.ChangeAsync(
            run.Id,
            row =>
            {
                if (row.State != run.State)
                    return false;
                row.DueAtMs = now;
                move(row);
                return true;
            },
            cancellation
        );
    }
}

/// <summary>What <see cref="RunSending"/> logs.</summary>
internal static partial class RunSendingLog
{
    [LoggerMessage(8110, LogLevel.Error, "Giving the retraining run {Run} to the target {Target} failed unexpectedly: {Reason}")]
    internal static partial void AttemptFailed(this ILogger logger, string run, string target, string reason);

    [LoggerMessage(8111, LogLevel.Error, "The retraining run {Run} for the target {Target} failed: {Reason}")]
    internal static partial void RunFailed(this ILogger logger, string run, string target, string reason);
}
