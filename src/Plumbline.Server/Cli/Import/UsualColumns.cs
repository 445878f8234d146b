using Plumbline.Registry.Text;
using Plumbline.Server.Cli.Configuration;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli.Import;

/// <summary>
/// The shortest form, `import MODEL FILE`: a column that is called as the API calls the field is that field, unless an option says
/// otherwise.
/// </summary>
public static class UsualColumns
{
    private const string Prediction = "prediction";
    private const string Timestamp = "timestamp";

    /// <summary>Fills in the columns that the options leave open; what is needed and not there is told.</summary>
    public static ImportSettings Fill(ImportSettings settings, FileSurvey predictions)
    {
        var given = settings.Columns;
        // A column that an option makes a feature, or anything else, is that.
        var taken = given
            .All.Concat(settings.Features)
            .Concat(settings.Excluded)
            .Concat(settings.FeatureTypes.Keys)
            .ToHashSet(StringComparer.Ordinal);
        string? Usual(string? told, string name) => told ?? (predictions.Has(name) && !taken.Contains(name) ? name : null);
        var columns = given with
        {
            Id = Usual(given.Id, "prediction_id"),
            Timestamp = settings.Start is null ? Usual(given.Timestamp, Timestamp) : null,
            Prediction = Usual(given.Prediction, Prediction),
            Score = Usual(given.Score, "score"),
            GroundTruth = settings.GroundTruthFile is null ? Usual(given.GroundTruth, "ground_truth") : given.GroundTruth,
            Version = Usual(given.Version, "version"),
            LatencyMs = Usual(given.LatencyMs, "latency_ms"),
            Status = Usual(given.Status, "status"),
        };
        if (columns.Prediction is null)
            throw Missing(predictions, Prediction, "Which column has the answers? Give --prediction COLUMN.");
        if (columns.Timestamp is null && settings.Start is null)
        {
            throw Missing(
                predictions,
                Timestamp,
                "When were the predictions made? Give --timestamp COLUMN, or --start TIME when the file has no such column."
            );
        }

        return settings with
        {
            Columns = columns,
        };
    }

    private static CommandLineException Missing(FileSurvey file, string column, string what) =>
        new(
            ExitCode.Usage,
            $"{Path.GetFileName(file.Path)} has no column '{column}'.{Spelling.Suggestion(column, file.Names)} {what} {file.ItsColumns}"
        );
}
