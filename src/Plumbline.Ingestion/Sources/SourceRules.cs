using System.Text;
using Plumbline.Ingestion.Sources.Connections;
using Plumbline.Ingestion.Sources.Reading;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Ingestion.Sources;

/// <summary>Checks a declared source: everything that can be known without asking the place itself.</summary>
public static class SourceRules
{
    /// <summary>At most this many sources per model.</summary>
    public const int MaxSources = 50;

    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(7);

    /// <summary>What is wrong, by field; empty when nothing is.</summary>
    public static IReadOnlyList<FieldError> Check(string name, SourceSpecification source, SourcesOptions options)
    {
        var errors = new List<FieldError>();
        if (!ConnectionOptions.IsName(name))
            errors.Add(new("name", "1..64 characters of A-Z a-z 0-9 . _ - are needed."));
        if (options.Find(source.Connection) is { } connection)
        {
            errors.AddRange(ConnectionKind.Find(connection.Kind)!.CheckPlace(source));
        }
        else
        {
            errors.Add(
                new(
                    "connection",
                    options.Connections.Count == 0
                        ? "no connection is configured; declare one under sources.connections in the configuration file."
                        : $"'{Problems.Shorten(source.Connection)}' is none of the configured connections: "
                            + $"{string.Join(", ", options.Connections.Select(known => known.Name))}."
                )
            );
        }

        CheckColumns(source, errors);
        if (source.Every < TimeSpan.FromSeconds(1) || source.Every > LongestPause)
            errors.Add(new("every", $"{DurationText.Format(source.Every)} is outside 1s..7d."));
        if (source.Page is < 1 or > 1_000_000)
            errors.Add(new("page", $"{source.Page} is outside 1..1000000."));
        if (source.Overlap is not null && !OverlapText.TryRead(source.Overlap, out _, out _))
        {
            errors.Add(
                new(
                    "overlap",
                    "a duration such as 5m (0s..7d) is needed, or for an integer watermark a count such as 10000 (0..100000000)."
                )
            );
        }

        return errors;
    }

    private static void CheckColumns(SourceSpecification source, List<FieldError> errors)
    {
        var isTruth = source.Gives == OutcomeKind.GroundTruth;
        var columns = source.Columns;
        CheckIdentifier("columns.prediction_id", columns.PredictionId, isTruth, errors);
        CheckIdentifier("columns.timestamp", columns.Timestamp, isNeeded: true, errors);
        CheckIdentifier("columns.value", columns.Value, isTruth, errors);
        CheckIdentifier("watermark", source.Watermark, isNeeded: true, errors);
        CheckIdentifier("tie_breaker", source.TieBreaker, isNeeded: false, errors);
        if (source.TieBreaker is not null && source.TieBreaker == source.Watermark)
            errors.Add(new("tie_breaker", "is the watermark itself; leave it out."));
        Only(
            OutcomeKind.Signals,
            [
                ("columns.name", columns.Name),
                ("columns.version", columns.Version),
                ("columns.segment", columns.Segment),
                ("columns.signal_id", columns.SignalId),
            ]
        );
        Only(OutcomeKind.GroundTruth, [("columns.source", columns.Source)]);
        if (isTruth && source.Signal is not null)
            errors.Add(new("signal", "means nothing for ground truth; remove it."));
        if (!isTruth && columns.Name is null == source.Signal is null)
            errors.Add(new("signal", "either signal (one name for all rows) or columns.name (the column that has it) is needed."));
        if (
            source.Signal is not null
            && (source.Signal.Length == 0 || Encoding.UTF8.GetByteCount(source.Signal) > 128 || source.Signal.Any(char.IsControl))
        )
        {
            errors.Add(new("signal", "1..128 bytes without control characters are needed."));
        }

        void Only(OutcomeKind kind, (string Field, string? Column)[] fields)
        {
            foreach (var (field, column) in fields)
            {
                if (column is not null && source.Gives != kind)
                    errors.Add(new(field, $"means nothing for {(isTruth ? "ground truth" : "signals")}; remove it."));
                else
                    CheckIdentifier(field, column, isNeeded: false, errors);
            }
        }
    }

    private static void CheckIdentifier(string field, string? name, bool isNeeded, List<FieldError> errors)
    {
        if (IdentifierRules.Check(field, name, isNeeded) is { } error)
            errors.Add(error);
    }
}
