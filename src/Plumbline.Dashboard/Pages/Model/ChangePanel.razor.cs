using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Charts;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Performance;
using Plumbline.Monitoring.Segments;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>What made a metric change between two ranges: other questions, or other answers to the same ones.</summary>
public sealed partial class ChangePanel
{
    private const string Metric = "outcome";

    /// <summary>Segments with a step of their own.</summary>
    private const int Most = 7;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    private string By =>
        Scope.Page[SegmentTablePanel.Dimension] is { } dimension && SegmentWords.Exclusive(Scope.Model).Contains(dimension)
            ? dimension
            : Scope.Model.Segments[0];

    private string Outcome =>
        ChangeReader.Outcomes(Scope.Model).Contains(Scope.Page[Metric]) ? Scope.Page[Metric]! : ChangeReader.Outcomes(Scope.Model)[0];

    private string Words =>
        Outcome switch
        {
            PerformanceMetrics.Accuracy => "accuracy",
            PerformanceMetrics.Mae => "the mean absolute error",
            _ => SegmentWords.Name(Outcome),
        };

    private string Unit => KnownMetrics.Find(Scope.Model, Outcome)?.Unit is "share" ? "share" : "";

    private bool LowerIsBetter => KnownMetrics.Find(Scope.Model, Outcome)?.Direction == MetricDirection.LowerIsBetter;

    /// <summary>
    /// Whether the change is the one from what the page is compared with to the page; else, and where that is a segment, the one from the
    /// range before.
    /// </summary>
    private bool FromOther => Scope.Compared is { Segment: null };

    private string Before => FromOther ? $"B: {Scope.Compared!.Words}" : "before";

    private string After => FromOther ? $"A: {Scope.Compared!.WordsOfPage(Scope.Version, Scope.Segment)}" : "after";

    private string Sentence => FromOther ? $"from {Before} to {After}" : "this range against the one of the same length before";

    private ChangeSide SideBefore =>
        FromOther && Scope.Other is { } other
            ? new(other.From, other.To, other.Version)
            : new(Scope.From - (Scope.To - Scope.From), Scope.From, Scope.Version);

    private async Task<ChangePictures> ReadAsync(CancellationToken cancellation)
    {
        if (Scope.To - Scope.From > ChangeReader.LongestRange)
        {
            return new ChangePictures(
                $"The range is longer than {Figures.Span(ChangeReader.LongestRange)}: choose a shorter one.",
                null,
                [],
                []
            );
        }
        var change = ChangeView.Of(
            await Reader.ReadAsync(
                Scope.Model,
                new ChangeQuery(Outcome, By, SideBefore, new ChangeSide(Scope.From, Scope.To, Scope.Version)),
                cancellation
            )
        );
        if (change.Observed.Value is null || change.Before is not { } before || change.After is not { } after)
            return new ChangePictures(change.Words, null, [], []);
        return new ChangePictures(
            null,
            change,
            Steps(before, after, [("traffic mix", change.Mix), ("covariate", change.Covariate), ("concept", change.Concept)]),
            Steps(before, after, OfSegments(change))
        );
    }

    private static List<(string Name, ChangePart Part)> OfSegments(ChangeView change)
    {
        List<(string Name, ChangePart Part)> parts =
        [
            .. change.Segments.Take(Most).Select(line => (line.Segment, new ChangePart(line.Total, null, null))),
        ];
        if (change.Segments.Count > Most)
            parts.Add(("others", new ChangePart(change.Segments.Skip(Most).Sum(line => line.Total), null, null)));
        return parts;
    }

    private IReadOnlyList<WaterfallStep> Steps(double before, double after, IReadOnlyList<(string Name, ChangePart Part)> parts)
    {
        List<WaterfallStep> steps = [new(FromOther ? Sides.OtherLetter : "before", before, before, Total: true)];
        var level = before;
        foreach (var (name, part) in parts)
        {
            steps.Add(new WaterfallStep(name, level, level + (part.Value ?? 0), part.Lower, part.Upper));
            level += part.Value ?? 0;
        }

        return [.. steps, new(FromOther ? Sides.OwnLetter : "after", after, after, Total: true)];
    }

    private sealed record ChangePictures(
        string? Gap,
        ChangeView? Change,
        IReadOnlyList<WaterfallStep> Parts,
        IReadOnlyList<WaterfallStep> Segments
    );
}
