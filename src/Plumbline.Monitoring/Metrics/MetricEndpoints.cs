using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Plumbline.Registry.Access;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Monitoring.Metrics;

/// <summary>GET /v1/models/{model}/metrics and /v1/metrics-catalogue.</summary>
public static class MetricEndpoints
{
    private const int DefaultLimit = 10_000;
    private const int MaximumLimit = 100_000;

    public static void MapMetrics(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/v1/metrics-catalogue",
                () =>
                    TypedResults.Ok(
                        new
                        {
                            metrics = KnownMetrics.All.Select(metric => new
                            {
                                name = metric.Name,
                                layer = metric.Layer.ToString().ToLowerInvariant(),
                                unit = metric.Unit,
                                range = metric.Range,
                                direction = JsonNamingPolicy.SnakeCaseLower.ConvertName(metric.Direction.ToString()),
                                definition = metric.Definition,
                                interval = metric.Interval,
                            }),
                        }
                    )
            )
            .RequireRole(ApiRole.Read)
            .WithTags("Metrics");
        routes.MapGet("/v1/models/{model}/metrics", GetAsync).RequireRole(ApiRole.Read).WithTags("Metrics");
    }

    private static async Task<IResult> GetAsync(
        string model,
        string? metric,
        string? feature,
        string? segment,
        string? version,
        string? from,
        string? to,
        string? window,
        int? limit,
        string? cursor,
        ModelCatalog models,
        MetricReader reader,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (ReadNames(metric, found, out var names) is { } wrongMetric)
            return wrongMetric;
        if (ReadRange(from, to, found, time, out var range) is { } wrongRange)
            return wrongRange;
        if (ReadWindow(window, found, out var length) is { } wrongWindow)
            return wrongWindow;
        var take = limit ?? DefaultLimit;
        if (take is < 1 or > MaximumLimit)
            return Problems.BadRequest("limit_invalid", $"limit: 1 to {MaximumLimit}.");
        MetricCursor? after = null;
        if (cursor is not null && !Cursors.TryRead(cursor, out after))
            return Problems.BadRequest("cursor_invalid", "cursor: pass the 'next' of an earlier answer, unchanged.");

        var points = await reader.ReadAsync(
            found,
            new MetricQuery
            {
                Metrics = names,
                Features = feature is null or "*" ? null : [.. NameList.Split(feature).Where(name => name.Length > 0)],
                Segment = OneOrAll(segment),
                Version = OneOrAll(version),
                From = range.From,
                To = range.To,
                Window = length,
                Limit = take,
                After = after,
            },
            cancellation
        );
        return TypedResults.Ok(
            new MetricAnswer([.. points.Select(MetricPointView.Of)], points.Count == take ? Cursors.Write(points[^1]) : null)
        );
    }

    private static IResult? ReadNames(string? metric, ModelDefinition model, out IReadOnlyList<string> names)
    {
        var (known, unknown) = string.IsNullOrWhiteSpace(metric)
            ? (KnownMetrics.AllOf(model).Select(definition => definition.Name).ToList(), null)
            : KnownMetrics.Select(model, metric);
        names = known ?? [];
        return known is not null
            ? null
            : Problems.BadRequest(
                "unknown_metric",
                $"metric: there is no metric '{Problems.Shorten(unknown!)}'. GET /v1/metrics-catalogue lists them; "
                    + "'drift.*' selects by prefix."
            );
    }

    private static IResult? ReadRange(
        string? from,
        string? to,
        ModelDefinition model,
        TimeProvider time,
        out (DateTimeOffset From, DateTimeOffset To) range
    )
    {
        range = default;
        if (!RequestTimes.TryParse(to, time.GetUtcNow() + model.Window, out range.To))
            return Problems.BadRequest("time_invalid", RequestTimes.Explain("to", to));
        if (!RequestTimes.TryParse(from, range.To - TimeSpan.FromDays(1), out range.From))
            return Problems.BadRequest("time_invalid", RequestTimes.Explain("from", from));
        return range.From < range.To ? null : Problems.BadRequest("range_invalid", "from must be before to.");
    }

    private static IResult? ReadWindow(string? window, ModelDefinition model, out TimeSpan length)
    {
        length = model.Window;
        if (window is null)
            return null;
        var kept = CoarseWindows.Above(model.Window).Prepend(model.Window).ToList();
        return DurationText.TryParse(window, out length) && kept.Contains(length)
            ? null
            : Problems.BadRequest(
                "window_invalid",
                $"window: '{Problems.Shorten(window)}' is not kept for this model; "
                    + $"{string.Join(", ", kept.Select(DurationText.Format))} are."
            );
    }

    // Nothing is the one without a name: all rows, all versions together.
    private static string? OneOrAll(string? text) => text == "*" ? null : text ?? "";

    private static class Cursors
    {
        public static string Write(MetricPoint point) =>
            Base64Url.EncodeToString(
                JsonSerializer.SerializeToUtf8Bytes(
                    new[]
                    {
                        point.Metric,
                        point.Segment,
                        point.Version,
                        point.Feature,
                        point.Class,
                        point.WindowStart.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                    }
                )
            );

        public static bool TryRead(string text, out MetricCursor? cursor)
        {
            cursor = null;
            try
            {
                if (text.Length > 4096)
                    return false;
                var parts = JsonSerializer.Deserialize<string[]>(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)));
                if (
                    parts is not { Length: 6 }
                    || parts.Contains(null)
                    || !uint.TryParse(parts[5], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                )
                {
                    return false;
                }

                cursor = new(parts[0], parts[1], parts[2], parts[3], parts[4], DateTimeOffset.FromUnixTimeSeconds(seconds));
                return true;
            }
            catch (Exception error) when (error is FormatException or JsonException)
            {
                return false;
            }
        }
    }
}

/// <summary>A page of metric points; <paramref name="Next"/> is the cursor of the next one, or null at the end.</summary>
public sealed record MetricAnswer(IReadOnlyList<MetricPointView> Points, string? Next);

/// <summary>A metric point on the wire: null where nothing is distinguished.</summary>
public sealed record MetricPointView(
    string Metric,
    string? Feature,
    string? Class,
    string? Segment,
    string? Version,
    DateTimeOffset WindowStart,
    DateTimeOffset WindowEnd,
    double? Value,
    double? Lower,
    double? Upper,
    double? PValue,
    long N,
    string Status,
    string? Reason,
    double? ErrorBound
)
{
    public static MetricPointView Of(MetricPoint point) =>
        new(
            point.Metric,
            NullIfEmpty(point.Feature),
            NullIfEmpty(point.Class),
            NullIfEmpty(point.Segment),
            NullIfEmpty(point.Version),
            point.WindowStart,
            point.WindowEnd,
            point.Value,
            point.Lower,
            point.Upper,
            point.PValue,
            point.N,
            JsonNamingPolicy.SnakeCaseLower.ConvertName(point.Status.ToString()),
            NullIfEmpty(point.Reason),
            point.ErrorBound
        );

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
