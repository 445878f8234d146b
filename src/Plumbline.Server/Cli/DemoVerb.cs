using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli;

/// <summary>
/// What `demo` was told. <paramref name="Days"/> of back-filled history (1..90); <paramref name="Seed"/> of all randomness;
/// <paramref name="Live"/>: keep sending traffic; <paramref name="Until"/>: where the history ends, null for now.
/// </summary>
public sealed record DemoSettings(
    string? DataDirectory,
    IReadOnlyList<string> Urls,
    string? ConfigurationFile,
    int Days,
    int Seed,
    bool Live,
    DateTimeOffset? Until = null
);

/// <summary>`plumbline demo`: the server with a model that is watched, history and live traffic.</summary>
internal static class DemoVerb
{
    private const int MaxDays = 90;

    public static Command Create(Func<DemoSettings, Terminal, CancellationToken, Task<ExitCode>> run, Terminal terminal)
    {
        var hosting = new HostingOptions();
        var days = new Option<int>("--days")
        {
            Description = $"Days of history to fill in before the live traffic (1..{MaxDays}).",
            DefaultValueFactory = _ => 14,
            HelpName = "N",
        };
        days.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, out var value) && value is < 1 or > MaxDays)
                result.AddError($"--days must be 1..{MaxDays}");
        });
        var seed = new Option<int>("--seed")
        {
            Description = "Seed of everything random: the same seed tells the same summary.",
            DefaultValueFactory = _ => 1,
            HelpName = "N",
        };
        var noLive = new Option<bool>("--no-live") { Description = "Stop after the history; send no live traffic." };
        var until = new Option<DateTimeOffset?>("--until")
        {
            Description = "Where the history ends (default now), with --no-live: the same seed and end give the same history on any day.",
            HelpName = "TIME",
            CustomParser = result =>
                DateTimeOffset.TryParse(
                    result.Tokens[0].Value,
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                    out var time
                )
                && time <= TimeProvider.System.GetUtcNow()
                    ? time
                    : Refuse(result),
        };
        var command = new VerbCommand(
            "demo",
            "Start the server with a demonstration model: its history and live traffic, with known troubles in them.",
            [
                ("Two weeks of history, then live traffic, on http://127.0.0.1:5070", "demo"),
                ("Another summary, history only", "demo --days 30 --seed 7 --no-live"),
            ]
        );
        hosting.AddTo(command);
        command.Options.Add(days);
        command.Options.Add(seed);
        command.Options.Add(noLive);
        command.Options.Add(until);
        command.Validators.Add(result =>
        {
            if (result.GetResult(until) is not null && result.GetResult(noLive) is null)
                result.AddError("--until needs --no-live: live traffic is of now");
        });
        command.SetAction(
            async (parsed, cancellation) =>
                (int)
                    await run(
                        new DemoSettings(
                            parsed.GetValue(hosting.Directory),
                            hosting.ReadUrls(parsed),
                            parsed.GetValue(hosting.Configuration),
                            parsed.GetValue(days),
                            parsed.GetValue(seed),
                            !parsed.GetValue(noLive),
                            parsed.GetValue(until)
                        ),
                        terminal,
                        cancellation
                    )
        );
        return command;
    }

    private static DateTimeOffset? Refuse(ArgumentResult result)
    {
        result.AddError("--until must be a time that has passed, such as 2026-11-22T03:00Z");
        return null;
    }
}
