using System.Globalization;

namespace Plumbline.Bench.Review;

/// <summary>A public data set with ground truth, and how its files are read.</summary>
/// <param name="Name">Of its folder.</param>
/// <param name="Import">What <c>plumbline import</c> is told of its columns.</param>
/// <param name="HasLabelFile">Whether the ground truth of the current rows is in a file of its own.</param>
/// <param name="Text">The column of free text; null without one.</param>
internal sealed record LabelledSet(string Name, string Import, bool HasLabelFile = true, string? Text = null)
{
    public static IReadOnlyList<LabelledSet> All { get; } =
    [
        new("car_loan", "--prediction y_pred --score y_pred_proba --ground-truth-column repaid --exclude timestamp"),
        new(
            "hotel_booking",
            "--prediction y_pred --score y_pred_proba --ground-truth-column is_canceled --exclude timestamp "
                + "--categorical is_repeated_guest,agent,company"
        ),
        new(
            "sms_spam",
            "--prediction y_pred --score proba_spam --positive-class spam --ground-truth-column label",
            HasLabelFile: false,
            Text: "text"
        ),
        new(
            "bike_sharing",
            "--prediction y_pred --ground-truth-column count --exclude timestamp,casual,registered,year "
                + "--categorical season,holiday,weekday,workingday,weather",
            HasLabelFile: false
        ),
        new("elec2", "--prediction y_pred --score y_pred_proba --ground-truth-column class --exclude timestamp,date --categorical day"),
        new("california_housing", "--prediction y_pred --score y_pred_proba --ground-truth-column clf_target --exclude timestamp"),
    ];

    public const string Id = "id";

    public string Prediction => Word("--prediction")!;

    /// <summary>The column of the probability; null where numbers are predicted.</summary>
    public string? Score => Word("--score");

    public string GroundTruth => Word("--ground-truth-column")!;

    public string PositiveClass => Word("--positive-class") ?? "1";

    /// <summary>The folder of the sets; null when there is none.</summary>
    public static string? Folder(string[] args) =>
        (Arguments.Text(args, "--data") ?? Environment.GetEnvironmentVariable("PLUMBLINE_DATASETS")) is { Length: > 0 } folder
        && Directory.Exists(folder)
            ? folder
            : null;

    /// <summary>Files that are missing.</summary>
    public IEnumerable<string> Missing(string folder) => Files(folder).Where(file => !File.Exists(file));

    /// <summary>
    /// Rows a second apart within one day, so that one stretch covers them. Nothing that a score looks at knows the ground truth of these
    /// rows: whether it is imported with them or after them makes no difference to what is drawn.
    /// </summary>
    /// <param name="folder">With a folder of the set's name.</param>
    /// <param name="server">Where to.</param>
    /// <param name="day">The day that the current rows are of.</param>
    /// <param name="version">Of the model that answered them.</param>
    public IReadOnlyList<string> ImportWords(string folder, Uri server, DateOnly day, string version)
    {
        List<string> words =
        [
            "import",
            Name,
            "--server",
            server.ToString(),
            "--start",
            day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            "--version",
            version,
            "--predictions",
            At(folder, "current.csv.gz"),
            .. "--id id --interval 1s --window 1d --wait".Split(' '),
            .. Import.Split(' '),
        ];
        if (File.Exists(At(folder, "reference.csv.gz")))
            words.AddRange(["--reference", At(folder, "reference.csv.gz")]);
        if (HasLabelFile)
            words.AddRange(["--ground-truth", At(folder, "current_labels.csv.gz")]);
        return words;
    }

    /// <summary>Whether a column is a feature that is no free text.</summary>
    public bool IsFeature(string column) =>
        column != Id
        && column != Prediction
        && column != Score
        && column != GroundTruth
        && column != Text
        && !List("--exclude").Contains(column);

    /// <summary>Whether a feature is said to have categories, though they may look like numbers.</summary>
    public bool IsCategorical(string column) => List("--categorical").Contains(column);

    /// <summary>The rows of the reference, then the current rows with their ground truth; columns are those of the reference.</summary>
    public (SetRows Rows, int OfReference) Read(string folder)
    {
        var (reference, current) = (SetRows.Read(At(folder, "reference.csv.gz")), SetRows.Read(At(folder, "current.csv.gz")));
        if (HasLabelFile)
        {
            var labels = SetRows.Read(At(folder, "current_labels.csv.gz"));
            var truths = labels[Id].Zip(labels[GroundTruth]).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
            current = current.With(GroundTruth, [.. current[Id].Select(id => truths[id])]);
        }

        return (reference with { Rows = [.. reference.Rows, .. current.Only(reference.Columns).Rows] }, reference.Rows.Count);
    }

    /// <summary>Writes files as those that <see cref="Read"/> reads; the folder of the set is made.</summary>
    public void Write(string folder, SetRows? reference, SetRows current)
    {
        Directory.CreateDirectory(Path.Combine(folder, Name));
        reference?.Write(At(folder, "reference.csv.gz"));
        if (HasLabelFile)
        {
            current.Only([Id, GroundTruth]).Write(At(folder, "current_labels.csv.gz"));
            current = current.Only([.. current.Columns.Where(column => column != GroundTruth)]);
        }

        current.Write(At(folder, "current.csv.gz"));
    }

    private string? Word(string option)
    {
        var words = Import.Split(' ');
        return Array.IndexOf(words, option) is >= 0 and var at ? words[at + 1] : null;
    }

    private string[] List(string option) => Word(option)?.Split(',') ?? [];

    private IEnumerable<string> Files(string folder) =>
        ((string[])["reference.csv.gz", "current.csv.gz"])
            .Concat(HasLabelFile ? ["current_labels.csv.gz"] : [])
            .Select(file => At(folder, file));

    private string At(string folder, string file) => Path.Combine(folder, Name, file);
}
