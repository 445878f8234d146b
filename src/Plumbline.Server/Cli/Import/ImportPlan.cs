using System.Text.Json.Nodes;
using Plumbline.Registry.Models;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli.Import;

/// <summary>What an import will do, decided from the files before the first byte is sent: the task, the features and their types.</summary>
public sealed record ImportPlan
{
    public required string Task { get; init; }

    public required string? PositiveClass { get; init; }

    /// <summary>Feature -> numeric, categorical, boolean or text, in the order of the file.</summary>
    public required IReadOnlyList<(string Name, string Type)> Features { get; init; }

    /// <summary>What the user should know about the files: strays in number columns, columns without a value.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }

    public static ImportPlan Make(ImportSettings settings, FileSurvey? reference, FileSurvey? predictions, FileSurvey? groundTruth)
    {
        CheckColumns(settings, reference, predictions, groundTruth);
        var surveys = new[] { reference, predictions }.OfType<FileSurvey>().ToArray();
        var task = settings.Task ?? InferTask(settings, surveys);
        var remarks = new List<string>();
        return new ImportPlan
        {
            Task = task,
            PositiveClass = task == "binary" ? PositiveClassOf(settings, surveys) : null,
            Features = [.. FeaturesOf(settings, surveys, remarks)],
            Remarks = remarks,
        };
    }

    /// <summary>The body of <c>PUT /v1/models/{model}</c>.</summary>
    public JsonObject ModelBody(ImportSettings settings)
    {
        var features = new JsonObject();
        foreach (var (name, type) in Features)
            features[name] = new JsonObject { ["type"] = type };
        var body = new JsonObject { ["task"] = Task, ["features"] = features };
        if (PositiveClass is not null)
            body["positive_class"] = PositiveClass;
        if (settings.Segments.Count > 0)
            body["segments"] = new JsonArray([.. settings.Segments.Select(segment => (JsonNode)segment)]);
        if (settings.Window is not null)
            body["window"] = settings.Window;
        if (settings.AllowedLateness is not null)
            body["allowed_lateness"] = settings.AllowedLateness;
        if (settings.LabelDelay is not null)
            body["label_delay"] = settings.LabelDelay;
        return body;
    }

    private static void CheckColumns(ImportSettings settings, FileSurvey? reference, FileSurvey? predictions, FileSurvey? groundTruth)
    {
        var columns = settings.Columns;
        if (predictions is not null)
        {
            predictions.Require(columns.Id, "--id");
            predictions.Require(columns.Timestamp, "--timestamp");
            predictions.RequireTimes(columns.Timestamp, settings.TimestampFormat, "--timestamp");
            predictions.Require(columns.Prediction, "--prediction");
            predictions.Require(columns.Score, "--score");
            predictions.Require(columns.Version, "--version-column");
            predictions.Require(columns.LatencyMs, "--latency");
            predictions.Require(columns.Status, "--status");
            if (groundTruth is null)
                predictions.Require(columns.GroundTruth, "--ground-truth-column");
            foreach (var column in columns.Probabilities.Values)
                predictions.Require(column, "--probability");
        }

        if (groundTruth is not null)
        {
            groundTruth.Require(columns.Id, "--id");
            groundTruth.Require(columns.GroundTruth, "--ground-truth-column");
            groundTruth.Require(columns.GroundTruthTimestamp, "--ground-truth-timestamp");
            groundTruth.RequireTimes(columns.GroundTruthTimestamp, settings.TimestampFormat, "--ground-truth-timestamp");
        }

        reference?.Require(columns.Prediction, "--prediction");
        if ((predictions ?? reference) is not { } features)
            return;
        foreach (
            var (names, option) in new[]
            {
                (settings.Features, "--features"),
                (settings.Segments, "--segments"),
                (settings.Excluded, "--exclude"),
                ([.. settings.FeatureTypes.Keys], "a type option"),
            }
        )
        {
            foreach (var name in names)
                features.Require(name, option);
        }
    }

    private static IEnumerable<(string Name, string Type)> FeaturesOf(ImportSettings settings, FileSurvey[] surveys, List<string> remarks)
    {
        var taken = new HashSet<string>(settings.Columns.All.Concat(settings.Excluded), StringComparer.Ordinal);
        var names =
            settings.Features.Count > 0
                ? settings.Features
                : surveys.SelectMany(survey => survey.Names).Distinct(StringComparer.Ordinal).Where(name => !taken.Contains(name));
        foreach (var name in names)
        {
            if (ModelNames.CheckFeature(name) is { } reason)
            {
                remarks.Add(
                    name.Length == 0
                        ? "a column without a name (an index that was written along?) is left out"
                        : $"column '{name}' is left out. {reason}"
                );
                continue;
            }

            var columns = surveys
                .Where(survey => survey.Columns.ContainsKey(name))
                .Select(survey => (survey, column: survey.Columns[name]))
                .ToArray();
            var type = settings.FeatureTypes.TryGetValue(name, out var told)
                ? told
                : Together(columns.Select(pair => pair.column.InferType()))?.ToString().ToLowerInvariant();
            if (type is null)
            {
                remarks.Add($"column '{name}' has no value in any row: left out");
                continue;
            }

            foreach (var (survey, column) in columns.Where(pair => type == "numeric" && pair.column.NonNumbers > 0))
            {
                remarks.Add(
                    $"column '{name}' of {Path.GetFileName(survey.Path)}: {column.NonNumbers:N0} of {column.Present:N0} values are "
                        + $"not numbers, e.g. '{column.FirstNonNumber}' on line {column.FirstNonNumberLine}; they count as type errors"
                );
            }

            foreach (var (survey, column) in columns.Where(pair => type is "numeric" or "boolean" && pair.column.MissingWordCount > 0))
            {
                remarks.Add(
                    $"column '{name}' of {Path.GetFileName(survey.Path)}: {column.MissingWordCount:N0} of {column.Present:N0} "
                        + $"values are {string.Join(", ", column.MissingWords)}; they count as missing"
                );
            }

            if (type is "categorical" or "text" && columns.Length > 0 && columns.All(pair => pair.column.HasDecimalCommas))
                remarks.Add($"column '{name}' looks like numbers with a decimal comma; give --decimal , to read them as such");
            yield return (name, type);
        }
    }

    // The reference and the predictions may disagree (numbers only in one, codes in the other): the type that fits both wins.
    private static FeatureType? Together(IEnumerable<FeatureType?> types)
    {
        var known = types.OfType<FeatureType>().Distinct().ToArray();
        return known switch
        {
            [] => null,
            [var one] => one,
            _ when known.Contains(FeatureType.Text) => FeatureType.Text,
            _ => FeatureType.Categorical,
        };
    }

    private static string InferTask(ImportSettings settings, FileSurvey[] surveys)
    {
        var name =
            settings.Columns.Prediction
            ?? throw new CommandLineException(ExitCode.Usage, "give --prediction COLUMN, or --task when the file has no predictions");
        var columns = surveys.Where(survey => survey.Columns.ContainsKey(name)).Select(survey => survey.Columns[name]).ToArray();
        var classes = ValueReading.ClassesOf(columns.SelectMany(column => column.Distinct));
        if (classes.Length == 0)
            throw new CommandLineException(ExitCode.Usage, $"column '{name}' (--prediction) has no value; give --task");
        var evidence = new AnswerEvidence
        {
            Classes = classes,
            Answers = columns.Sum(column => column.Present),
            AreAll = true,
            AreNumbers = columns.All(column => column.AllNumbers),
            AreWhole = columns.All(column => column.AllIntegers),
            HasScore = settings.PositiveClass is not null || settings.Columns.Score is not null,
            Probabilities = settings.Columns.Probabilities.Count,
        };
        return evidence.InferTask()?.Task.ToString().ToLowerInvariant()
            ?? throw new CommandLineException(
                ExitCode.Usage,
                $"column '{name}' holds {classes.Length} different whole numbers: give --task multiclass or --task regression"
            );
    }

    private static bool AreTrueAndFalse(IReadOnlyCollection<string> classes) =>
        classes.All(name => name is "0" or "1" or "false" or "true");

    private static string PositiveClassOf(ImportSettings settings, FileSurvey[] surveys)
    {
        if (settings.PositiveClass is not null)
            return ValueReading.ClassOf(settings.PositiveClass);
        var classes = ValueReading
            .ClassesOf(
                new[] { settings.Columns.Prediction, settings.Columns.GroundTruth }
                    .OfType<string>()
                    .SelectMany(name =>
                        surveys.Where(survey => survey.Columns.ContainsKey(name)).SelectMany(survey => survey.Columns[name].Distinct)
                    )
            )
            .ToHashSet(StringComparer.Ordinal);
        // Answers as true and false beside ground truth as 1 and 0 are two classes, not four.
        if (AreTrueAndFalse(classes) && classes.Overlaps(["0", "1"]))
            return "1";
        if (classes.Count > 2)
        {
            throw new CommandLineException(
                ExitCode.Usage,
                $"a binary model has two classes; the files have {classes.Count}: "
                    + $"{string.Join(", ", classes.Order(StringComparer.Ordinal).Take(10))}. Give --task multiclass?"
            );
        }

        if (classes.IsSubsetOf(["false", "true"]))
            return "true";
        throw new CommandLineException(
            ExitCode.Usage,
            $"which of {string.Join(" and ", classes.Order(StringComparer.Ordinal))} is the positive class? Give --positive-class"
        );
    }
}
