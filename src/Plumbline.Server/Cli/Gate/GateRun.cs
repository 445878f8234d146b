using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Registry.Text;
using Plumbline.Server.Cli.Import;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli.Gate;

/// <summary>
/// Replays rules over a period: one backtest of the server a rule, with the code that judges live. Here is what becomes of the answers.
/// </summary>
internal sealed class GateRun(GateSettings settings, ServerConnection server, Terminal terminal, TimeProvider time)
{
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs the verb.</summary>
    public static async Task<ExitCode> RunAsync(GateSettings settings, Terminal terminal, CancellationToken cancellation)
    {
        using var http = ServerConnection.Client(settings.Server, LongestAnswer);
        var server = new ServerConnection(http, settings.ApiKey, TimeProvider.System);
        return await new GateRun(settings, server, terminal, TimeProvider.System).RunAsync(cancellation);
    }

    private async Task<ExitCode> RunAsync(CancellationToken cancellation)
    {
        var rules = GateRules.Read(settings.RulesFile, settings.Version);
        if (await server.FindModelAsync(settings.Model, cancellation) is not { } model)
            throw new CommandLineException(ExitCode.Failure, $"the server has no model '{settings.Model}'");
        if (settings.Version is { } version && model["versions"] is JsonArray versions && !Has(versions, version))
            await terminal.Error.WriteLineAsync($"note: the model has no version '{version}' so far");
        var verdicts = new List<RuleVerdict>();
        foreach (var rule in rules)
            verdicts.Add(await JudgeAsync(rule, $"{model["window"]}", cancellation));
        var report = new GateReport(settings, verdicts, time.GetUtcNow());
        await terminal.Output.WriteAsync(report.Table());
        if (settings.JunitFile is { } junit)
            await File.WriteAllTextAsync(junit, report.Junit(), cancellation);
        if (settings.MarkdownFile is { } markdown)
            await File.WriteAllTextAsync(markdown, report.Markdown(), cancellation);
        return report.ExitCode;
    }

    private async Task<RuleVerdict> JudgeAsync(Rule rule, string window, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        var path = $"{ServerConnection.ModelPath(settings.Model)}/backtest";
        var body = new JsonObject
        {
            ["rule"] = JsonSerializer.SerializeToNode(rule, Rule.Json),
            ["from"] = WrittenTime.Format(settings.From),
            ["to"] = WrittenTime.Format(settings.To),
        };
        var job = await server.AskAsync(path, body, $"rule {rule.Name} was not judged", cancellation);
        while (job["state"]?.ToString() is "waiting" or "running")
        {
            await Task.Delay(PollEvery, time, cancellation);
            job = await server.GetAsync($"{path}/{job["id"]}", $"rule {rule.Name} was not judged", cancellation);
        }

        return job["result"] is JsonObject result
            ? RuleVerdict.Read(rule, window, result, time.GetElapsedTime(began))
            : throw new CommandLineException(ExitCode.Failure, $"rule {rule.Name} was not judged: {job["error"] ?? job["state"]}");
    }

    private static bool Has(JsonArray versions, string version) =>
        versions.Any(one => (one is JsonObject named ? named["version"] ?? named["name"] : one)?.ToString() == version);
}
