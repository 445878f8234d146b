using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Access;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;

namespace Plumbline.Monitoring.Segments;

/// <summary>Segments compared with themselves before, and changes taken apart.</summary>
public static class SegmentEndpoints
{
    private const int MaximumLimit = 500;
    private static readonly TimeSpan DefaultRange = TimeSpan.FromDays(7);
    private static readonly TimeSpan LongestRange = TimeSpan.FromDays(366);

    public static void MapSegments(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models/{model}/segments", GetAsync).RequireRole(ApiRole.Read).WithTags("Segments");
        routes.MapGet("/v1/models/{model}/change", GetChangeAsync).RequireRole(ApiRole.Read).WithTags("Segments");
    }

    private static async Task<IResult> GetAsync(
        string model,
        string? dimension,
        string? metric,
        string? version,
        string? from,
        string? to,
        int? limit,
        int? offset,
        ModelCatalog models,
        SegmentTableReader reader,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (CheckDimension(found, dimension, slices: true) is { } wrong)
            return wrong;
        if (metric is not null && !SegmentTableReader.Columns(found).Contains(metric, StringComparer.Ordinal))
            return Problems.BadRequest("metric_invalid", $"metric: the table has {string.Join(", ", SegmentTableReader.Columns(found))}.");
        if (RequestTimes.Range(from, to, DefaultRange, LongestRange, time, out var range) is { } problem)
            return problem;
        if (limit is < 1 or > MaximumLimit)
            return Problems.BadRequest("limit_invalid", $"limit: 1 to {MaximumLimit}.");
        if (offset is < 0)
            return Problems.BadRequest("offset_invalid", "offset: 0 or more.");
        var table = await reader.ReadAsync(
            found,
            new SegmentQuery
            {
                Dimension = dimension,
                Metric = metric,
                Version = version ?? "",
                From = range.From,
                To = range.To,
                Limit = limit ?? 100,
                Offset = offset ?? 0,
            },
            cancellation
        );
        return Results.Json(table, ModelSpecification.Json);
    }

    private static async Task<IResult> GetChangeAsync(
        string model,
        string? dimension,
        string? metric,
        string? from,
        string? to,
        string? before_from,
        string? before_to,
        string? version,
        string? than_version,
        ModelCatalog models,
        ChangeReader reader,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (dimension is null)
        {
            return Problems.BadRequest(
                "dimension_missing",
                $"dimension: by what to take the change apart; the model has {Dimensions(found)}."
            );
        }
        // Slices overlap: a change is not the sum of what happened in each.
        if (CheckDimension(found, dimension, slices: false) is { } wrong)
            return wrong;
        if (ChangeReader.Outcomes(found).FirstOrDefault(outcome => outcome == (metric ?? outcome)) is not { } outcome)
        {
            return Problems.BadRequest(
                "metric_invalid",
                $"metric: changes can be explained of {string.Join(", ", ChangeReader.Outcomes(found))}."
            );
        }

        if (RequestTimes.Range(from, to, DefaultRange, LongestRange, time, out var range) is { } problem)
            return problem;
        if (ReadBefore(before_from, before_to, range, isOtherVersion: than_version is not null, out var before) is { } wrongBefore)
            return wrongBefore;
        var explained = await reader.ReadAsync(
            found,
            new ChangeQuery(
                outcome,
                dimension,
                new ChangeSide(before.From, before.To, than_version ?? version ?? ""),
                new ChangeSide(range.From, range.To, version ?? "")
            ),
            cancellation
        );
        return Results.Json(ChangeView.Of(explained), ModelSpecification.Json);
    }

    // Another version is compared over the same time, the same version with as much time before.
    private static IResult? ReadBefore(
        string? from,
        string? to,
        (DateTimeOffset From, DateTimeOffset To) after,
        bool isOtherVersion,
        out (DateTimeOffset From, DateTimeOffset To) before
    )
    {
        before = default;
        if (!RequestTimes.TryParse(to, isOtherVersion ? after.To : after.From, out before.To))
            return Problems.BadRequest("time_invalid", RequestTimes.Explain("before_to", to));
        if (!RequestTimes.TryParse(from, isOtherVersion ? after.From : before.To - (after.To - after.From), out before.From))
            return Problems.BadRequest("time_invalid", RequestTimes.Explain("before_from", from));
        var length = before.To - before.From;
        return length > TimeSpan.Zero && length <= ChangeReader.LongestRange && after.To - after.From <= ChangeReader.LongestRange
            ? null
            : Problems.BadRequest(
                "range_invalid",
                $"Each of the two ranges lasts more than nothing and at most {ChangeReader.LongestRange.TotalDays:0} days."
            );
    }

    private static IResult? CheckDimension(ModelDefinition model, string? dimension, bool slices) =>
        dimension is null
        || (slices && dimension == WatchedSlice.Dimension && !model.Slices.IsEmpty)
        || model.Segments.Contains(dimension, StringComparer.Ordinal)
        || model.Crosses.Any(cross => cross.Key == dimension)
            ? null
            : Problems.BadRequest(
                "dimension_invalid",
                $"dimension: '{Problems.Shorten(dimension)}' is not declared; the model has {Dimensions(model)}."
            );

    private static string Dimensions(ModelDefinition model) =>
        model.Segments.IsEmpty
            ? "no segments: declare some with PUT /v1/models/{model}"
            : string.Join(", ", model.Segments.Concat(model.Crosses.Select(cross => cross.Key)));
}
