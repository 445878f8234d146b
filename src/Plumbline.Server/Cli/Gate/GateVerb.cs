using System.CommandLine;
using Plumbline.Server.Cli.Import;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli.Gate;

/// <summary>`plumbline gate`: the options and how they become <see cref="GateSettings"/>.</summary>
internal sealed class GateVerb
{
    private static readonly TimeSpan StandardPeriod = TimeSpan.FromDays(7);

    private static readonly (string What, string Arguments)[] Examples =
    [
        ("Before a version takes over: the last seven days of its numbers", "gate churn --version v7 --rules gate.yaml"),
        (
            "In a pipeline, with a report for it and one for people",
            "gate churn --version v7 --rules gate.yaml --from -2d --junit gate.xml --markdown gate.md"
        ),
        (
            "A past period of all versions; rules that can judge nothing do not stop it",
            "gate churn --rules gate.yaml --from 2026-03-01 --to 2026-03-08 --missing pass"
        ),
    ];

    private readonly Argument<string> _model = new("MODEL") { Description = "The model's name on the server." };
    private readonly Option<string?> _version = new("--version")
    {
        Description = "The version whose numbers are judged, by every rule that names none (default: all versions together).",
        HelpName = "V",
    };
    private readonly Option<string> _rules = new("--rules")
    {
        Description = "YAML: rules: a list of rules, each as under alerting.rules[].rule of the configuration file.",
        HelpName = "FILE",
        Required = true,
    };
    private readonly Option<DateTimeOffset?> _from = new("--from")
    {
        Description = "Begin of the period: a time, or a duration before now (-2d). Default: seven days before its end.",
        HelpName = "TIME",
        CustomParser = result => RelativeTime.Read(result),
    };
    private readonly Option<DateTimeOffset?> _to = new("--to")
    {
        Description = "End of the period (default now).",
        HelpName = "TIME",
        CustomParser = result => RelativeTime.Read(result),
    };
    private readonly Option<MissingNumbers> _missing = new("--missing")
    {
        Description = "What happens when a rule can judge no window of the period: fail (default) answers 7, pass answers 0.",
        HelpName = "fail|pass",
    };
    private readonly Option<string?> _junit = OptionText.File("--junit", "Write the verdicts as JUnit XML: one test case a rule.");
    private readonly Option<string?> _markdown = OptionText.File("--markdown", "Write the verdicts as a Markdown table.");
    private readonly Option<Uri> _server = ServerOptions.Server();
    private readonly Option<string?> _apiKey = ServerOptions.ApiKey("read");

    public static Command Create(Func<GateSettings, Terminal, CancellationToken, Task<ExitCode>> run, Terminal terminal)
    {
        var verb = new GateVerb();
        var command = new VerbCommand(
            "gate",
            "Judge a period of a model's numbers by a file of rules, for a pipeline: answers 0 when all hold and 1 when one fires.",
            Examples
        )
        {
            verb._model,
            verb._version,
            verb._rules,
            verb._from,
            verb._to,
            verb._missing,
            verb._junit,
            verb._markdown,
            verb._server,
            verb._apiKey,
        };
        command.Validators.Add(result =>
        {
            if (!result.Errors.Any() && Period(result.GetValue(verb._from), result.GetValue(verb._to)) is var (from, to) && from >= to)
                result.AddError("--from must be before --to");
        });
        command.SetAction(async (parsed, cancellation) => (int)await run(verb.Read(parsed), terminal, cancellation));
        return command;
    }

    private GateSettings Read(ParseResult parsed)
    {
        var (from, to) = Period(parsed.GetValue(_from), parsed.GetValue(_to));
        return new GateSettings
        {
            Model = parsed.GetValue(_model)!,
            Version = parsed.GetValue(_version),
            RulesFile = parsed.GetValue(_rules)!,
            From = from,
            To = to,
            Missing = parsed.GetValue(_missing),
            JunitFile = parsed.GetValue(_junit),
            MarkdownFile = parsed.GetValue(_markdown),
            Server = parsed.GetValue(_server)!,
            ApiKey = ServerOptions.KeyOf(parsed, _apiKey),
        };
    }

    private static (DateTimeOffset From, DateTimeOffset To) Period(DateTimeOffset? from, DateTimeOffset? to)
    {
        var end = to ?? TimeProvider.System.GetUtcNow();
        return (from ?? end - StandardPeriod, end);
    }
}
