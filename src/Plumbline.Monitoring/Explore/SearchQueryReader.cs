using System.Globalization;
using System.Text;
using Microsoft.Extensions.Primitives;
using Plumbline.Events.Decoding;
using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Monitoring.Explore;

/// <summary>Reads a search from the URL's query, or says everything that is wrong with it.</summary>
public static class SearchQueryReader
{
    // What the engine's DateTime64 can hold.
    private static readonly long EarliestMs = new DateTimeOffset(1900, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private static readonly long LatestMs = new DateTimeOffset(2299, 12, 31, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static readonly string[] Known =
    [
        "from",
        "to",
        "version",
        "status",
        "role",
        "class",
        "segment",
        "filter",
        "sort",
        "limit",
        "cursor",
        "columns",
        "buckets",
    ];

    public static (PredictionSearch? Search, IReadOnlyList<FieldError> Errors) Read(IQueryCollection query, ModelDefinition model)
    {
        var errors = new List<FieldError>();
        foreach (var key in query.Keys.Where(key => !Known.Contains(key, StringComparer.Ordinal)))
            errors.Add(new(Problems.Shorten(key), $"Unknown. Known: {string.Join(", ", Known)}."));
        var from = ReadTime(query, "from", errors);
        var to = ReadTime(query, "to", errors);
        if (from >= to)
            errors.Add(new("to", "Must be later than from."));
        var (sort, descending) = ReadSort(query, model, errors);
        var cursor = ReadCursor(query, sort, descending, errors);
        var search = new PredictionSearch
        {
            From = from,
            To = to,
            Version = ReadWord(query, "version", errors),
            Status = ReadOneOf(query, "status", ["ok", "error", "timeout", "rejected"], errors),
            Role = ReadOneOf(query, "role", ["primary", "shadow"], errors),
            Class = ReadWord(query, "class", errors) is { } label && model.Task != ModelTask.Regression ? model.ClassOf(label) : null,
            Conditions = ReadConditions(query, model, errors),
            Sort = sort,
            Descending = descending,
            Limit = ReadLimit(query, errors),
            After = cursor,
            Columns = ReadColumns(query, model, errors),
            ScoreColumns = ReadScores(query, model),
        };
        return errors.Count > 0 ? (null, errors) : (search, errors);
    }

    private static DateTimeOffset? ReadTime(IQueryCollection query, string name, List<FieldError> errors)
    {
        if (ReadWord(query, name, errors) is not { } text)
            return null;
        var read =
            long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var epochMs)
            || Rfc3339.TryParse(Encoding.UTF8.GetBytes(text), out epochMs);
        if (read && epochMs >= EarliestMs && epochMs < LatestMs)
            return DateTimeOffset.FromUnixTimeMilliseconds(epochMs);
        errors.Add(
            new(
                name,
                $"'{Problems.Shorten(text)}' is not a time between 1900 and 2300: RFC 3339 like 2026-03-01T08:15:02Z, "
                    + "or epoch milliseconds."
            )
        );
        return null;
    }

    private static (SortField Sort, bool Descending) ReadSort(IQueryCollection query, ModelDefinition model, List<FieldError> errors)
    {
        if (ReadWord(query, "sort", errors) is not { } text)
            return (SortField.Timestamp, true);
        var descending = text.StartsWith('-');
        if (
            SortFields.ByName.TryGetValue(descending ? text[1..] : text, out var sort)
            && (sort != SortField.PredictionValue || model.Task == ModelTask.Regression)
            && SortFields.ScoreOf(sort)?.Fits(model) != false
        )
        {
            return (sort, descending);
        }

        errors.Add(
            new(
                "sort",
                $"One of {string.Join(", ", SortFields.ByName.Keys)}, with '-' before it for the largest first; "
                    + "prediction only for regression, scores.uncertainty only for classes."
            )
        );
        return (SortField.Timestamp, true);
    }

    private static PageCursor? ReadCursor(IQueryCollection query, SortField sort, bool descending, List<FieldError> errors)
    {
        if (ReadWord(query, "cursor", errors, 2_048) is not { } text)
            return null;
        if (PageCursor.Read(text) is not { } cursor)
        {
            errors.Add(new("cursor", "Not a cursor of this server: pass on 'next' of the page before as it is."));
            return null;
        }

        if (cursor.Sort == sort && cursor.Descending == descending)
            return cursor;
        errors.Add(new("cursor", "Made with another sort: begin again without a cursor."));
        return null;
    }

    private static int ReadLimit(IQueryCollection query, List<FieldError> errors)
    {
        if (ReadWord(query, "limit", errors) is not { } text)
            return PredictionSearch.DefaultLimit;
        if (
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            && limit is >= 1 and <= PredictionSearch.MaxLimit
        )
        {
            return limit;
        }

        errors.Add(new("limit", $"1 to {PredictionSearch.MaxLimit}."));
        return PredictionSearch.DefaultLimit;
    }

    private static List<FilterCondition> ReadConditions(IQueryCollection query, ModelDefinition model, List<FieldError> errors)
    {
        var conditions = new List<FilterCondition>();
        foreach (var text in query["filter"])
        {
            if (FilterText.Read(text ?? "", model, out var reason) is { } condition)
                conditions.Add(condition);
            else
                errors.Add(new("filter", reason));
        }

        foreach (var segment in query["segment"])
            conditions.AddRange(ReadSegment(segment ?? "", model, errors));
        if (conditions.Count > PredictionSearch.MaxConditions)
            errors.Add(new("filter", $"At most {PredictionSearch.MaxConditions} conditions."));
        return conditions;
    }

    private static IEnumerable<FilterCondition> ReadSegment(string segment, ModelDefinition model, List<FieldError> errors)
    {
        var equals = segment.IndexOf('=', StringComparison.Ordinal);
        var (name, value) = equals > 0 ? (segment[..equals], segment[(equals + 1)..]) : ("", "");
        if (name == WatchedSlice.Dimension && model.Slices.FirstOrDefault(slice => slice.Name == value) is { } slice)
            return ReadSlice(slice, model, errors);
        if (
            model.Segments.Contains(name)
            && model.FindFeature(name) is not null
            && FilterText.Check(SearchFields.Find(model, "features." + name)!, FilterOperator.Equal, value, out _) is { } condition
        )
        {
            return [condition];
        }

        errors.Add(
            new(
                "segment",
                "Written like country=FR, with one of the model's segments: "
                    + $"{(model.Segments.IsEmpty ? "it has none" : string.Join(", ", model.Segments))}."
            )
        );
        return [];
    }

    private static IEnumerable<FilterCondition> ReadSlice(WatchedSlice slice, ModelDefinition model, List<FieldError> errors)
    {
        if (slice.Filters(model) is { } filters)
            return filters.Select(filter => FilterText.Read(filter, model, out _)).OfType<FilterCondition>();
        errors.Add(new("segment", $"The slice '{Problems.Shorten(slice.Name)}' has conditions that predictions cannot be searched by."));
        return [];
    }

    private static IReadOnlyList<FeatureDefinition> ReadColumns(IQueryCollection query, ModelDefinition model, List<FieldError> errors)
    {
        if (query["columns"] is { Count: 0 })
            return [.. model.Features.Take(PredictionSearch.DefaultColumns)];
        var columns = new List<FeatureDefinition>();
        foreach (var name in query["columns"].SelectMany(list => NameList.Split(list ?? "")).Distinct(StringComparer.Ordinal))
        {
            if (model.FindFeature(name) is { } feature)
                columns.Add(feature);
            else if (SearchFields.Find(model, name)?.Score is null)
                errors.Add(new("columns", $"'{Problems.Shorten(name)}' is neither a feature of this model nor one of its scores."));
        }

        if (columns.Count > PredictionSearch.MaxColumns)
            errors.Add(new("columns", $"At most {PredictionSearch.MaxColumns} features."));
        return columns;
    }

    // Checked with the features, in whose list they stand.
    private static IReadOnlyList<ScoreKind> ReadScores(IQueryCollection query, ModelDefinition model) =>
        [
            .. query["columns"]
                .SelectMany(list => NameList.Split(list ?? ""))
                .Distinct(StringComparer.Ordinal)
                .Where(name => model.FindFeature(name) is null)
                .Select(name => SearchFields.Find(model, name)?.Score)
                .OfType<ScoreKind>(),
        ];

    private static string? ReadOneOf(IQueryCollection query, string name, string[] allowed, List<FieldError> errors)
    {
        var word = ReadWord(query, name, errors);
        if (word is null || allowed.Contains(word, StringComparer.Ordinal))
            return word;
        errors.Add(new(name, $"One of {string.Join(", ", allowed)}."));
        return null;
    }

    private static string? ReadWord(IQueryCollection query, string name, List<FieldError> errors, int maxLength = 512)
    {
        StringValues values = query[name];
        if (values.Count == 0)
            return null;
        if (values.Count == 1 && values[0] is { } value && value.Length <= maxLength)
            return value;
        errors.Add(new(name, values.Count > 1 ? "Given twice." : $"At most {maxLength} characters."));
        return null;
    }
}
