using System.CommandLine;
using Plumbline.Server.Cli.Import;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli.Report;

/// <summary>`plumbline report`: the options and how they become <see cref="ReportSettings"/>.</summary>
internal sealed class ReportVerb
{
    private const double StandardThreshold = 0.1;

    private static readonly (string What, string Arguments)[] Examples =
    [
        ("What changed between two files, as a page", "report reference.csv current.csv -o report.html"),
        (
            "With predictions against ground truth, for people and for a program",
            "report reference.parquet current.parquet -o report.html --json report.json --target repaid --prediction y_pred "
                + "--score y_pred_proba --timestamp timestamp"
        ),
        ("In a pipeline: answer 1 when a column drifted", "report reference.csv current.csv -o report.html --exclude id --fail-on-drift"),
    ];

    private readonly Argument<string> _reference = new("REFERENCE") { Description = "The file to compare with: CSV, NDJSON or Parquet." };
    private readonly Argument<string> _current = new("CURRENT") { Description = "The file that is judged." };
    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "Where the page is written; - is the standard output.",
        HelpName = "FILE",
        Required = true,
    };
    private readonly Option<string?> _json = OptionText.File("--json", "Write the same numbers as JSON; - is the standard output.");
    private readonly Option<string?> _title = new("--title") { Description = "The page's title.", HelpName = "TEXT" };
    private readonly Option<double?> _threshold = new("--threshold")
    {
        Description = "From this value of its drift statistic on, a column counts as drifted (above 0, at most 1,000; default 0.1).",
        HelpName = "X",
    };
    private readonly Option<string[]> _columns = OptionText.List("--columns", "The only columns to compare.");
    private readonly Option<string[]> _exclude = OptionText.List("--exclude", "Columns to leave out, as identifiers.");
    private readonly Option<string?> _target = OptionText.Column("--target", "Column with the ground truth: a class or a number.");
    private readonly Option<string?> _prediction = OptionText.Column(
        "--prediction",
        "Column with the prediction: a class, a number, or the probability of the positive class."
    );
    private readonly Option<string?> _score = OptionText.Column("--score", "Column with the probability of the positive class (binary).");
    private readonly Option<string?> _positiveClass = new("--positive-class")
    {
        Description = "The positive class (default: 1, true, yes or positive, else the last of the two).",
        HelpName = "CLASS",
    };
    private readonly Option<string?> _timestamp = OptionText.Column("--timestamp", "Column with the time; left out.");
    private readonly Option<FileFormat?> _format = new("--format")
    {
        Description = "The files' format, when their names do not say it.",
        HelpName = "csv|ndjson|parquet",
    };
    private readonly Option<char> _delimiter = new("--delimiter")
    {
        Description = "The character between the fields of a CSV (default a comma, a tab for .tsv).",
        DefaultValueFactory = _ => ',',
        CustomParser = OptionText.Delimiter,
        HelpName = "C",
    };
    private readonly Option<System.Text.Encoding?> _encoding = new("--encoding")
    {
        Description = "How a CSV is encoded (default UTF-8), e.g. latin1 or windows-1252.",
        CustomParser = OptionText.Encoding,
        HelpName = "NAME",
    };
    private readonly Option<bool> _failOnDrift = new("--fail-on-drift") { Description = "Answer 1 when a column drifted or is missing." };

    public static Command Create(Func<ReportSettings, Terminal, CancellationToken, Task<ExitCode>> run, Terminal terminal)
    {
        var verb = new ReportVerb();
        var command = new VerbCommand(
            "report",
            "Compare two files column by column and write what changed as one HTML page. Needs no server.",
            Examples
        )
        {
            verb._reference,
            verb._current,
            verb._output,
            verb._json,
            verb._title,
            verb._threshold,
            verb._columns,
            verb._exclude,
            verb._target,
            verb._prediction,
            verb._score,
            verb._positiveClass,
            verb._timestamp,
            verb._format,
            verb._delimiter,
            verb._encoding,
            verb._failOnDrift,
        };
        command.Validators.Add(result =>
        {
            if (result.Errors.Any())
                return;
            foreach (var mistake in verb.Mistakes(result))
                result.AddError(mistake);
        });
        command.SetAction(async (parsed, cancellation) => (int)await run(verb.Read(parsed), terminal, cancellation));
        return command;
    }

    private IEnumerable<string> Mistakes(System.CommandLine.Parsing.CommandResult given)
    {
        if (given.GetValue(_threshold) is not (null or (> 0 and <= 1_000)))
            yield return "--threshold must be above 0 and at most 1,000";
        if (given.GetValue(_target) is null != given.GetValue(_prediction) is null)
            yield return "--target and --prediction need each other";
        if (given.GetValue(_score) is not null && given.GetValue(_target) is null)
            yield return "--score needs --target and --prediction";
        if (given.GetValue(_delimiter) > '\x7f')
            yield return "--delimiter must be an ASCII character";
        if (given.GetValue(_json) is { } json && json == given.GetValue(_output))
            yield return "--output and --json are the same file";
    }

    private ReportSettings Read(ParseResult parsed) =>
        new()
        {
            ReferenceFile = parsed.GetValue(_reference)!,
            CurrentFile = parsed.GetValue(_current)!,
            OutputFile = parsed.GetValue(_output)!,
            JsonFile = parsed.GetValue(_json),
            Title = parsed.GetValue(_title),
            Threshold = parsed.GetValue(_threshold) ?? StandardThreshold,
            Columns = parsed.GetValue(_columns) ?? [],
            Excluded = parsed.GetValue(_exclude) ?? [],
            Target = parsed.GetValue(_target),
            Prediction = parsed.GetValue(_prediction),
            Score = parsed.GetValue(_score),
            PositiveClass = parsed.GetValue(_positiveClass),
            Timestamp = parsed.GetValue(_timestamp),
            Format = parsed.GetValue(_format),
            Delimiter = parsed.GetValue(_delimiter),
            Encoding = parsed.GetValue(_encoding),
            FailsOnDrift = parsed.GetValue(_failOnDrift),
        };
}
