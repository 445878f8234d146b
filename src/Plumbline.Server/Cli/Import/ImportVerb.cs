using System.CommandLine;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli.Import;

/// <summary>`plumbline import`: the options and how they become <see cref="ImportSettings"/>.</summary>
internal sealed partial class ImportVerb
{
    private static readonly (string What, string Arguments)[] Examples =
    [
        (
            "Predictions, in columns that are called timestamp and prediction; the others are features, or score, version ..",
            "import churn scored.csv"
        ),
        (
            "A reference and predictions whose ground truth came later, in its own file",
            "import loans --server http://127.0.0.1:5070 --reference reference.csv.gz --predictions current.csv.gz --ground-truth "
                + "current_labels.csv.gz --id id --timestamp timestamp --prediction y_pred --score y_pred_proba "
                + "--ground-truth-column repaid --version v1 --wait"
        ),
        (
            "A regression model; only the named columns are features",
            "import bikes --server http://127.0.0.1:5070 --predictions rides.parquet --timestamp timestamp --prediction y_pred "
                + "--ground-truth-column count --features temp,humidity,windspeed --task regression"
        ),
        (
            "Clicks of predictions that are there already",
            "import shop --signals clicks.csv --signal click --id prediction_id --signal-timestamp clicked_at --wait"
        ),
        (
            "Rows without a time: one a minute from a start",
            "import spam --server http://127.0.0.1:5070 --predictions sms.ndjson --prediction y_pred --score proba_spam "
                + "--positive-class spam --start 2026-01-01 --interval 1m"
        ),
    ];

    private readonly Argument<string> _model = new("MODEL")
    {
        Description = "The model's name on the server; created when it is not there.",
    };
    private readonly Argument<string?> _file = new("FILE")
    {
        Description =
            "The predictions. Columns called prediction, timestamp, prediction_id, score, ground_truth, version, latency_ms or status "
            + "are these unless an option says otherwise.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<Uri> _server = ServerOptions.Server();
    private readonly Option<string?> _apiKey = ServerOptions.ApiKey("operate");
    private readonly Option<string?> _reference = OptionText.File(
        "--reference",
        "The reference: rows to compare production with (training or validation)."
    );
    private readonly Option<string?> _predictions = OptionText.File(
        "--predictions",
        "The predictions. CSV, NDJSON or Parquet; CSV and NDJSON gzipped or not."
    );
    private readonly Option<string?> _groundTruth = OptionText.File(
        "--ground-truth",
        "The ground truth in a file of its own, joined by --id."
    );
    private readonly Option<string?> _signals = OptionText.File(
        "--signals",
        "Business signals in a file of their own: clicks, refunds, minutes to resolve. Joined by --id; a row without an id counts for all."
    );
    private readonly Option<string?> _signal = new("--signal")
    {
        Description = "What the signals are called, when all rows of the file are of one.",
        HelpName = "NAME",
    };
    private readonly Option<string?> _signalName = OptionText.Column(
        "--signal-name",
        "Column with the signal's name, where it differs by row."
    );
    private readonly Option<string?> _signalValue = OptionText.Column(
        "--signal-value",
        "Column with the signal's value (default: each row counts 1)."
    );
    private readonly Option<string?> _signalTimestamp = OptionText.Column(
        "--signal-timestamp",
        "Column with the time at which the signal happened."
    );
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
    private readonly Option<string> _decimal = new("--decimal")
    {
        Description = "The decimal sign of a CSV's numbers, a point or a comma.",
        DefaultValueFactory = _ => ".",
        HelpName = "C",
    };
    private readonly Option<TimeFormat?> _timestampFormat = new("--timestamp-format")
    {
        Description =
            "How times are written, in the codes of strptime, when that cannot be told: \"%d/%m/%Y %H:%M\". Without a zone they are UTC.",
        CustomParser = OptionText.TimeFormat,
        HelpName = "F",
    };
    private readonly Option<string?> _id = OptionText.Column(
        "--id",
        "Column with the prediction's id. Without it an id is made from the row's content, so that a second import finds duplicates."
    );
    private readonly Option<string?> _timestamp = OptionText.Column(
        "--timestamp",
        "Column with the prediction's time: RFC 3339, \"2026-01-31 12:00:00\", a date, epoch seconds or milliseconds; "
            + "without a zone it is UTC. Without such a column give --start."
    );
    private readonly Option<string?> _prediction = OptionText.Column("--prediction", "Column with the predicted class or number.");
    private readonly Option<string?> _score = OptionText.Column("--score", "Column with the probability of the positive class (binary).");
    private readonly Option<string[]> _probability = new("--probability")
    {
        Description = "CLASS=COLUMN with the class's probability (multiclass); once per class.",
        HelpName = "CLASS=C",
    };
    private readonly Option<string?> _groundTruthColumn = OptionText.Column(
        "--ground-truth-column",
        "Column with the true class or number: in the ground-truth file, else in the predictions; also in the reference."
    );
    private readonly Option<string?> _groundTruthTimestamp = OptionText.Column(
        "--ground-truth-timestamp",
        "Column with the time at which the ground truth became known (default: now)."
    );
    private readonly Option<string> _version = new("--version")
    {
        Description = "The model version that made the predictions.",
        DefaultValueFactory = _ => "imported",
        HelpName = "V",
    };
    private readonly Option<string?> _versionColumn = OptionText.Column(
        "--version-column",
        "Column with the version, where it differs by row."
    );
    private readonly Option<string?> _latency = OptionText.Column("--latency", "Column with the latency in milliseconds.");
    private readonly Option<string?> _status = OptionText.Column("--status", "Column with ok, error, timeout or rejected.");
    private readonly Option<string[]> _features = OptionText.List(
        "--features",
        "Columns that are features (default: every column without another part)."
    );
    private readonly Option<string[]> _exclude = OptionText.List("--exclude", "Columns that are not features.");
    private readonly Option<string[]> _numeric = OptionText.List(
        "--numeric",
        "Features to keep as numbers, where the inferred type is not wanted."
    );
    private readonly Option<string[]> _categorical = OptionText.List(
        "--categorical",
        "Features to keep as categories, e.g. codes written as numbers."
    );
    private readonly Option<string[]> _boolean = OptionText.List("--boolean", "Features to keep as true/false.");
    private readonly Option<string[]> _text = OptionText.List("--text", "Features to keep as free text.");
    private readonly Option<string[]> _missing = OptionText.List("--missing", "Texts that mean a missing value, besides the empty field.");
    private readonly Option<string?> _task = new("--task")
    {
        Description = "binary, multiclass or regression (default: from the prediction column).",
        HelpName = "T",
    };
    private readonly Option<string?> _positiveClass = new("--positive-class")
    {
        Description = "The class whose probability the score is (default: 1 of 0/1, true of false/true).",
        HelpName = "CLASS",
    };
    private readonly Option<string[]> _segments = OptionText.List("--segments", "Features that split every metric, e.g. country,plan.");
    private readonly Option<string?> _window = new("--window")
    {
        Description =
            "Length of the model's windows, e.g. 1h or 1d; fixed once the model exists (default: by the rows per hour, 1h to 1d).",
        HelpName = "D",
        CustomParser = OptionText.DurationAsText,
    };
    private readonly Option<string?> _lateness = new("--allowed-lateness")
    {
        Description = "How long a window stays open for late events (default 10m).",
        HelpName = "D",
        CustomParser = OptionText.DurationAsText,
    };
    private readonly Option<string?> _labelDelay = new("--label-delay")
    {
        Description = "How long the ground truth usually takes.",
        HelpName = "D",
        CustomParser = OptionText.DurationAsText,
    };
    private readonly Option<DateTimeOffset?> _start = new("--start")
    {
        Description = "Without --timestamp: the time of the first row.",
        HelpName = "TIME",
        CustomParser = OptionText.Time,
    };
    private readonly Option<TimeSpan?> _interval = new("--interval")
    {
        Description = "Without --timestamp: the time from one row to the next (default 1m).",
        HelpName = "D",
        CustomParser = OptionText.Duration,
    };
    private readonly Option<int> _batch = OptionText.Count("--batch", "Rows per request.", 5_000, 1, 100_000);
    private readonly Option<int> _parallel = OptionText.Count("--parallel", "Requests at the same time.", 4, 1, 32);
    private readonly Option<string?> _rejects = OptionText.File(
        "--rejects",
        "Write every rejected row's file, line and reason to this file, as NDJSON."
    );
    private readonly Option<bool> _wait = new("--wait") { Description = "Return when every closed window that was touched is computed." };
    private readonly Option<TimeSpan?> _waitTimeout = new("--wait-timeout")
    {
        Description = "How long --wait waits (default 10m).",
        HelpName = "D",
        CustomParser = OptionText.Duration,
    };

    public static Command Create(Func<ImportSettings, Terminal, CancellationToken, Task<ExitCode>> run, Terminal terminal)
    {
        var verb = new ImportVerb();
        var command = new VerbCommand(
            "import",
            "Send a reference, predictions, ground truth and business signals from files to a running server.",
            Examples
        )
        {
            verb._model,
            verb._file,
        };
        foreach (var option in verb.Options())
            command.Options.Add(option);
        verb._task.AcceptOnlyFromAmong("binary", "multiclass", "regression");
        verb._decimal.AcceptOnlyFromAmong(".", ",");
        command.Validators.Add(result =>
        {
            foreach (var mistake in verb.Mistakes(result))
                result.AddError(mistake);
        });
        command.SetAction(async (parsed, cancellation) => (int)await run(verb.Read(parsed), terminal, cancellation));
        return command;
    }

    private IEnumerable<Option> Options() =>
        [
            _server,
            _apiKey,
            _reference,
            _predictions,
            _groundTruth,
            _id,
            _timestamp,
            _prediction,
            _score,
            _probability,
            _groundTruthColumn,
            _groundTruthTimestamp,
            _signals,
            _signal,
            _signalName,
            _signalValue,
            _signalTimestamp,
            _version,
            _versionColumn,
            _latency,
            _status,
            _features,
            _exclude,
            _numeric,
            _categorical,
            _boolean,
            _text,
            _missing,
            _task,
            _positiveClass,
            _segments,
            _window,
            _lateness,
            _labelDelay,
            _start,
            _interval,
            _format,
            _delimiter,
            _encoding,
            _decimal,
            _timestampFormat,
            _batch,
            _parallel,
            _rejects,
            _wait,
            _waitTimeout,
        ];

    private ImportSettings Read(ParseResult parsed) =>
        new()
        {
            Model = parsed.GetValue(_model)!,
            Server = parsed.GetValue(_server)!,
            ApiKey = ServerOptions.KeyOf(parsed, _apiKey),
            ReferenceFile = parsed.GetValue(_reference),
            PredictionsFile = parsed.GetValue(_file) ?? parsed.GetValue(_predictions),
            TakesUsualColumns = parsed.GetValue(_file) is not null,
            GroundTruthFile = parsed.GetValue(_groundTruth),
            SignalsFile = parsed.GetValue(_signals),
            Signal = parsed.GetValue(_signal),
            Format = parsed.GetValue(_format),
            Delimiter = parsed.GetValue(_delimiter),
            Encoding = parsed.GetValue(_encoding),
            DecimalComma = parsed.GetValue(_decimal) == ",",
            TimestampFormat = parsed.GetValue(_timestampFormat),
            Columns = new ColumnRoles
            {
                Id = parsed.GetValue(_id),
                Timestamp = parsed.GetValue(_timestamp),
                Prediction = parsed.GetValue(_prediction),
                Score = parsed.GetValue(_score),
                GroundTruth = parsed.GetValue(_groundTruthColumn),
                GroundTruthTimestamp = parsed.GetValue(_groundTruthTimestamp),
                SignalTimestamp = parsed.GetValue(_signalTimestamp),
                SignalName = parsed.GetValue(_signalName),
                SignalValue = parsed.GetValue(_signalValue),
                Version = parsed.GetValue(_versionColumn),
                LatencyMs = parsed.GetValue(_latency),
                Status = parsed.GetValue(_status),
                Probabilities = OptionText.Pairs(parsed.GetValue(_probability)),
            },
            Version = parsed.GetValue(_version)!,
            Features = parsed.GetValue(_features) ?? [],
            Excluded = parsed.GetValue(_exclude) ?? [],
            FeatureTypes = TypesOf(parsed),
            MissingTexts = parsed.GetValue(_missing) ?? [],
            Task = parsed.GetValue(_task),
            PositiveClass = parsed.GetValue(_positiveClass),
            Segments = parsed.GetValue(_segments) ?? [],
            Window = parsed.GetValue(_window),
            AllowedLateness = parsed.GetValue(_lateness),
            LabelDelay = parsed.GetValue(_labelDelay),
            Start = parsed.GetValue(_start),
            Interval = parsed.GetValue(_interval) ?? TimeSpan.FromMinutes(1),
            BatchRows = parsed.GetValue(_batch),
            Parallel = parsed.GetValue(_parallel),
            RejectsFile = parsed.GetValue(_rejects),
            Wait = parsed.GetValue(_wait),
            WaitTimeout = parsed.GetValue(_waitTimeout) ?? TimeSpan.FromMinutes(10),
        };

    private Dictionary<string, string> TypesOf(ParseResult parsed)
    {
        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        // A segment is a category whatever its values look like; an explicit type option below still wins.
        foreach (var name in parsed.GetValue(_segments) ?? [])
            types[name] = "categorical";
        foreach (
            var (option, type) in new[] { (_numeric, "numeric"), (_categorical, "categorical"), (_boolean, "boolean"), (_text, "text") }
        )
        {
            foreach (var name in parsed.GetValue(option) ?? [])
                types[name] = type;
        }

        return types;
    }
}
