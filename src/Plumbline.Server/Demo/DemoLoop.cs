using System.Globalization;
using System.Text.Json.Nodes;
using Plumbline.Server.Cli.Import;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Demo;

/// <summary>
/// One turn of the loop, for real: a policy chooses predictions, a robot answers, the answers become a data set, the sample trains a new
/// version with it, and that one answers beside the live one. Over the public API alone. Whether it is promoted is left to whoever looks.
/// </summary>
internal sealed class DemoLoop(
    ServerConnection server,
    SampleClient sample,
    Uri sampleAddress,
    string secret,
    Terminal terminal,
    TimeProvider time
)
{
    private const string Model = "ticket-router";
    private const string Policy = "daily";
    private const string Dataset = "improvement";
    private const string Target = "ticket-router-training";
    private const int TasksADay = 600;
    private const int AnswersForARun = 1_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Answers of one request: the robot's progress is heard of while it works.</summary>
    private const int AnswersAtOnce = 100;

    /// <summary>How long there may be no task to answer, and how long it may take until the version is trained.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Turns the loop once; where it was turned before, only says where the trainer is now.</summary>
    public async Task TurnAsync(CancellationToken cancellation)
    {
        var isFirst = await IsFirstAsync(cancellation);
        await DeclareTargetAsync(cancellation);
        if (!isFirst)
            return;
        await DeclareAsync(cancellation);
        var answered = await AnswerAsync(cancellation);
        if (answered < AnswersForARun)
        {
            await terminal.Error.WriteLineAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The loop was not turned: {answered} review tasks came, {AnswersForARun} are needed."
                )
            );
            return;
        }

        if (await RunAsync(cancellation) is { } run)
            await SayAsync(answered, run, cancellation);
    }

    private async Task<bool> IsFirstAsync(CancellationToken cancellation)
    {
        var declared = await server.GetAsync($"v1/models/{Model}/review/policies", "the policies cannot be read", cancellation);
        return declared["policies"] is not JsonArray { Count: > 0 };
    }

    // Before the trigger, which names it; its port and its secret are others after each start.
    private Task DeclareTargetAsync(CancellationToken cancellation) =>
        PutAsync(
            $"v1/retraining/targets/{Target}",
            new JsonObject
            {
                ["kind"] = "webhook",
                ["url"] = new Uri(sampleAddress, "retraining").AbsoluteUri,
                ["secret"] = secret,
            },
            cancellation
        );

    private async Task DeclareAsync(CancellationToken cancellation)
    {
        await PutAsync(
            $"v1/models/{Model}/datasets/{Dataset}",
            new JsonObject
            {
                ["parts"] = new JsonArray(Part("reviewed", 2_000), Part("labelled", 6_000)),
                ["days"] = 3,
                // By chance: what asked for a better version is held out too.
                ["split"] = new JsonObject
                {
                    ["by"] = "chance",
                    ["train"] = 0.7,
                    ["validation"] = 0,
                    ["test"] = 0.3,
                },
            },
            cancellation
        );
        await PutAsync(
            $"v1/models/{Model}/retraining/triggers/answers",
            new JsonObject
            {
                ["dataset"] = Dataset,
                ["target"] = Target,
                ["when"] = new JsonObject { ["new_answers"] = AnswersForARun },
            },
            cancellation
        );
        await PutAsync(
            $"v1/models/{Model}/review/policies/{Policy}",
            new JsonObject { ["per_day"] = TasksADay, ["guidelines"] = "Which team should have had this ticket?" },
            cancellation
        );
    }

    private static JsonObject Part(string kind, int rows) => new() { ["kind"] = kind, ["rows"] = rows };

    /// <summary>Lets the robot answer until enough is answered or no more tasks come.</summary>
    private async Task<int> AnswerAsync(CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        var answered = 0;
        // The first draw takes two days at once; what comes later is for people who look at the queue.
        while (answered < 2 * TasksADay)
        {
            var more = await sample.AnnotateAsync(AnswersAtOnce, cancellation);
            answered += more;
            if (more > 0)
                began = time.GetTimestamp();
            // All that was drawn is answered once; how long that takes is the machine's affair, and no reason to give up.
            else if (answered >= AnswersForARun || time.GetElapsedTime(began) >= Longest)
                break;
            else
                await Task.Delay(Pause, time, cancellation);
        }

        return answered;
    }

    /// <summary>The run that the trigger asked for, when it has ended; null when none did.</summary>
    private async Task<JsonNode?> RunAsync(CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) < Longest)
        {
            await Task.Delay(Pause, time, cancellation);
            var runs = await server.GetAsync($"v1/models/{Model}/retraining/runs", "the runs cannot be read", cancellation);
            if (
                runs["runs"] is JsonArray { Count: > 0 } list
                && list[0] is { } run
                && run["state"]?.ToString() is "succeeded" or "failed" or "cancelled"
            )
            {
                return list[0];
            }
        }

        var trigger = await server.GetAsync($"v1/models/{Model}/retraining/triggers/answers", "the trigger cannot be read", cancellation);
        await terminal.Error.WriteLineAsync($"No run of the loop has ended: {trigger["status"]?.ToJsonString()}");
        return null;
    }

    private async Task SayAsync(int answered, JsonNode run, CancellationToken cancellation)
    {
        if (run["version"]?.ToString() is not { Length: > 0 } version)
        {
            await terminal.Error.WriteLineAsync($"The retraining failed: {run["message"]}");
            return;
        }

        var verdict = await server.GetAsync($"v1/models/{Model}/versions/{version}/verdict", "the verdict cannot be read", cancellation);
        var reasons = (verdict["data"]?["reasons"] as JsonArray ?? []).Select(reason => reason?.ToString());
        await terminal.Output.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"A robot answered {answered} review tasks; {Model} was trained with them: {version} answers beside the live version. "
                    + $"{string.Join(' ', reasons)} See the tab Retraining, and promote it there."
            )
        );
    }

    private Task PutAsync(string path, JsonObject body, CancellationToken cancellation) =>
        server.DeclareAsync(HttpMethod.Put, path, body, $"{path} was not accepted", cancellation);
}
