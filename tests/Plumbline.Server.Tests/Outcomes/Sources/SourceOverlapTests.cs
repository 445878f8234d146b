using Plumbline.Ingestion.Sources;
using Plumbline.Ingestion.Sources.Reading;

namespace Plumbline.Server.Tests.Outcomes.Sources;

/// <summary>Where a pull begins.</summary>
public sealed class SourceOverlapTests
{
    private const long Minute = 60_000;
    private const long MicrosPerMinute = 60_000_000;

    // The cursor at 100 minutes; when it moved, when the pull that moved it and the last complete one began, and where the next begins.
    [Theory]
    [InlineData(100, 99, 99, null, 95.0)]
    [InlineData(100, 99, 104, null, 95.0)]
    [InlineData(100, 99, 105, null, 100.0)]
    [InlineData(100, 99, 101, "30m", 70.0)]
    [InlineData(100, 99, 99, "0s", 100.0)]
    [InlineData(500, 499, 400, null, 100.0)]
    [InlineData(103, 102, 90, null, 97.0)]
    [InlineData(103, 102, null, null, 97.0)]
    public void A_pull_looks_back_until_nothing_can_be_late_and_an_interrupted_one_from_its_own_beginning(
        int moved,
        int began,
        int? complete,
        string? overlap,
        double from
    )
    {
        var row = new OutcomeSourceRow
        {
            Name = "s",
            Specification = "",
            ChangedBy = "",
            CursorIsTime = true,
            CursorWatermark = 100 * MicrosPerMinute,
            CursorTie = "7",
            CursorMovedMs = moved * Minute,
            PullBeganMs = Math.Max(began, complete ?? 0) * Minute,
            CompleteBeganMs = complete * Minute,
        };
        var start = SourceOverlap.StartOf(row, new SourceSpecification { Overlap = overlap }, Shape("timestamptz", SourceColumnKind.Time));
        Assert.Equal(from * MicrosPerMinute, start.Position!.Value.Watermark);
        Assert.Equal((from < 100, from < 100 ? null : "7"), (start.IsIncluded, start.Position.Value.Tie));
    }

    [Fact]
    public void An_integer_is_looked_back_by_count()
    {
        var row = new OutcomeSourceRow
        {
            Name = "s",
            Specification = "",
            ChangedBy = "",
            CursorWatermark = 25_000,
            CursorMovedMs = 1,
            PullBeganMs = 1,
            CompleteBeganMs = 0,
        };
        Assert.Equal(
            15_000,
            SourceOverlap.StartOf(row, new SourceSpecification(), Shape("int8", SourceColumnKind.Number)).Position!.Value.Watermark
        );
        Assert.Equal(
            24_990,
            SourceOverlap
                .StartOf(row, new SourceSpecification { Overlap = "10" }, Shape("int8", SourceColumnKind.Number))
                .Position!.Value.Watermark
        );
        Assert.Null(
            SourceOverlap
                .StartOf(
                    new OutcomeSourceRow
                    {
                        Name = "s",
                        Specification = "",
                        ChangedBy = "",
                    },
                    new SourceSpecification(),
                    Shape("int8", SourceColumnKind.Number)
                )
                .Position
        );
    }

    private static SourceShape Shape(string type, SourceColumnKind kind) =>
        SourceShape.Of(
            new SourceSpecification
            {
                Watermark = "w",
                Columns = new SourceColumns
                {
                    PredictionId = "id",
                    Timestamp = "at",
                    Value = "value",
                },
            },
            [
                new("w", kind, type, true, true),
                new("id", SourceColumnKind.Text, "text", false, true),
                new("at", SourceColumnKind.Time, "timestamptz", true, true),
                new("value", SourceColumnKind.Number, "int4", true, true),
            ]
        );
}
