using System.CommandLine;
using Plumbline.Registry.Text;
using Plumbline.Server.Cli.Import;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli.Wait;

/// <summary>What `wait` waits for.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Until">Up to when everything must be stored, computed and judged.</param>
/// <param name="Timeout">How long it waits.</param>
/// <param name="Json">Whether the last answer is printed as JSON instead of a sentence.</param>
/// <param name="Server">The server's address.</param>
/// <param name="ApiKey">A key that may read; null for none.</param>
public sealed record WaitSettings(string Model, DateTimeOffset Until, TimeSpan Timeout, bool Json, Uri Server, string? ApiKey);

/// <summary>`plumbline wait`: the options and how they become <see cref="WaitSettings"/>.</summary>
internal static class WaitVerb
{
    private static readonly TimeSpan StandardTimeout = TimeSpan.FromMinutes(30);

    private static readonly (string What, string Arguments)[] Examples =
    [
        ("In a pipeline, after the scores of a day were sent", "wait churn --until 2026-03-02T00:00:00Z"),
        ("Everything up to one hour ago, for ten minutes at most, and the answer as JSON", "wait churn --until -1h --timeout 10m --json"),
        ("All windows that have ended", "wait churn --until now --server http://127.0.0.1:5070"),
    ];

    public static Command Create(Func<WaitSettings, Terminal, CancellationToken, Task<ExitCode>> run, Terminal terminal)
    {
        var model = new Argument<string>("MODEL") { Description = "The model's name on the server." };
        var until = new Option<DateTimeOffset>("--until")
        {
            Description =
                "Up to when: a time (2026-03-02T00:00:00Z), now, or a duration before now (-1h). Windows that end later do not count.",
            HelpName = "TIME",
            Required = true,
            CustomParser = RelativeTime.Read,
        };
        var timeout = new Option<TimeSpan?>("--timeout")
        {
            Description = $"How long to wait (default {DurationText.Format(StandardTimeout)}).",
            HelpName = "D",
            CustomParser = OptionText.Duration,
        };
        var json = new Option<bool>("--json") { Description = "Print the last answer of the server as JSON." };
        var server = ServerOptions.Server();
        var apiKey = ServerOptions.ApiKey("read");
        var command = new VerbCommand(
            "wait",
            "Wait until everything up to a time is stored, its windows are computed and the rules have looked at them.",
            Examples
        )
        {
            model,
            until,
            timeout,
            json,
            server,
            apiKey,
        };
        command.SetAction(
            async (parsed, cancellation) =>
                (int)
                    await run(
                        new WaitSettings(
                            parsed.GetValue(model)!,
                            parsed.GetValue(until),
                            parsed.GetValue(timeout) ?? StandardTimeout,
                            parsed.GetValue(json),
                            parsed.GetValue(server)!,
                            ServerOptions.KeyOf(parsed, apiKey)
                        ),
                        terminal,
                        cancellation
                    )
        );
        return command;
    }
}
