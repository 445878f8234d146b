using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Plumbline.Dashboard.Demo;
using Plumbline.Server.Cli.Import;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Demo;

/// <summary>
/// Conducts a demonstration over the public API alone, as anybody could: registers the sample's models, uploads their references, lets the
/// sample post its past, waits until that is computed, and lets the customers come.
/// </summary>
internal sealed class DemoConductor(
    ServerConnection server,
    SampleClient sample,
    DemoState state,
    string folder,
    Terminal terminal,
    TimeProvider time
)
{
    /// <summary>Ground truth keeps arriving and reopens a window here and there: waiting for none at all might never end.</summary>
    private const long ReopenedInPassing = 6;
    private static readonly TimeSpan FewFor = TimeSpan.FromSeconds(10);

    // Asking is work for the server too: seldom while much is left, often when the end is near.
    private const long Many = 30;
    private static readonly TimeSpan PauseWhileMany = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SayEvery = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RememberEvery = TimeSpan.FromSeconds(15);

    /// <summary>Everything up to the moment when all pages have something to show.</summary>
    /// <param name="scenario">What the folder tells; goes on from where it has come to.</param>
    /// <param name="until">Where the history ends; null for now.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task PrepareAsync(DemoScenario scenario, DateTimeOffset? until, CancellationToken cancellation)
    {
        var description = await sample.DescribeAsync(cancellation);
        scenario = scenario with { Anchor = description.Anchor, Chapters = description.Chapters };
        scenario.Write(folder);
        state.Tell(scenario);
        await SayScenarioAsync(scenario);
        foreach (var model in description.Models)
            await RegisterAsync(model, description.Versions, withReference: scenario.Reached is null, cancellation);
        if (until is null || !(scenario.Reached >= until))
            await FillAsync(scenario, until, cancellation);
        await UntilComputedAsync(description.Models, cancellation);
    }

    /// <summary>Starts the live traffic and keeps the folder's note of how far it has come, until cancelled.</summary>
    public async Task LiveAsync(CancellationToken cancellation)
    {
        await sample.GoLiveAsync(cancellation);
        while (true)
        {
            await Task.Delay(RememberEvery, time, cancellation);
            Remember(time.GetUtcNow());
        }
    }

    private async Task RegisterAsync(
        SampleModel model,
        IReadOnlyList<SampleVersion> versions,
        bool withReference,
        CancellationToken cancellation
    )
    {
        await server.PutModelAsync(model.Name, model.Registration, cancellation);
        foreach (var version in versions)
        {
            await server.PutVersionAsync(
                model.Name,
                version.Version,
                new JsonObject
                {
                    ["description"] = version.Description,
                    ["config"] = new JsonObject { ["held_out"] = version.HeldOut },
                },
                cancellation
            );
        }

        if (!withReference)
            return;
        var rows = await sample.ReferenceAsync(model.Name, cancellation);
        var score = model.Registration["task"]?.ToString() == "regression" ? "" : "&score=score";
        await server.PutReferenceAsync(
            model.Name,
            $"?prediction=answer{score}&ground_truth=ground_truth&timestamp=timestamp&version=v2",
            () => new ByteArrayContent(rows) { Headers = { ContentType = new("application/x-ndjson") } },
            cancellation
        );
    }

    private async Task FillAsync(DemoScenario scenario, DateTimeOffset? until, CancellationToken cancellation)
    {
        var (began, said) = (time.GetTimestamp(), time.GetTimestamp());
        BackfillStep? last = null;
        await foreach (var step in sample.BackfillAsync(scenario.Reached, until, cancellation))
        {
            last = step;
            if (step.Error is not null || step.Done || time.GetElapsedTime(said) < SayEvery)
                continue;
            said = time.GetTimestamp();
            await terminal.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {step.Hours} of {step.TotalHours} hours"));
        }

        if (last is not { Done: true })
        {
            throw new CommandLineException(
                ExitCode.Failure,
                $"the history could not be filled in: {last?.Error ?? "the model service ended"}"
            );
        }

        if (last.Rejected > 0)
        {
            throw new CommandLineException(
                ExitCode.Failure,
                $"the server rejected {last.Rejected} events of the history, the first: {last.FirstRejection}"
            );
        }

        Remember(last.To);
        var seconds = time.GetElapsedTime(began).TotalSeconds;
        await terminal.Output.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"History posted: {last.Predictions:N0} predictions, {last.GroundTruth:N0} ground truths and {last.Signals:N0} "
                    + $"signals in {seconds:0.0} s. The pages fill as windows are computed."
            )
        );
    }

    private async Task UntilComputedAsync(IReadOnlyList<SampleModel> models, CancellationToken cancellation)
    {
        var (began, said, manyAt) = (time.GetTimestamp(), time.GetTimestamp(), time.GetTimestamp());
        while (true)
        {
            long spool = 0,
                windows = 0;
            foreach (var model in models)
            {
                var progress = await server.ReadProgressAsync(model.Name, cancellation);
                spool = Math.Max(spool, progress["spool"]?.GetValue<long>() ?? 0);
                windows += progress["pending_windows"]?.GetValue<long>() ?? 0;
            }

            if (windows > ReopenedInPassing || spool > ReopenedInPassing)
                manyAt = time.GetTimestamp();
            if ((spool == 0 && windows == 0) || time.GetElapsedTime(manyAt) > FewFor)
                break;
            if (time.GetElapsedTime(said) > SayEvery)
            {
                said = time.GetTimestamp();
                await terminal.Output.WriteLineAsync(
                    string.Create(CultureInfo.InvariantCulture, $"  {spool:N0} events to store, {windows:N0} windows to compute")
                );
            }

            await Task.Delay(windows > Many || spool > Many ? PauseWhileMany : Pause, time, cancellation);
        }

        await terminal.Output.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"History computed {time.GetElapsedTime(began).TotalSeconds:0.0} s later.")
        );
    }

    private void Remember(DateTimeOffset reached)
    {
        if (state.Scenario is not { } scenario)
            return;
        scenario = scenario with { Reached = reached };
        scenario.Write(folder);
        state.Tell(scenario);
    }

    private async Task SayScenarioAsync(DemoScenario scenario)
    {
        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"The scenario of seed {scenario.Seed}, {scenario.Days} days up to {Day(scenario.Anchor)} (all times UTC):"
        );
        foreach (var chapter in scenario.Chapters)
        {
            var end = chapter.To is { } to ? Day(to) : "goes on";
            text.AppendLine(CultureInfo.InvariantCulture, $"  {Day(chapter.From)} .. {end, -16}  {chapter.Title}");
            text.AppendLine(CultureInfo.InvariantCulture, $"  {"", 36}  {chapter.Look}");
        }

        await terminal.Output.WriteAsync(text.ToString());

        static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
    }
}
