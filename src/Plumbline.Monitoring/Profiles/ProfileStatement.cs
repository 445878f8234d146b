using System.Globalization;
using Plumbline.Store;

namespace Plumbline.Monitoring.Profiles;

/// <summary>A segment dimension in a statement: the value's expression, and the values that are told apart.</summary>
internal sealed record SegmentColumn(string Key, string Sql, IReadOnlyList<string> Values)
{
    /// <summary>True when rows without one of the values belong to no segment, not to that of the missing ones.</summary>
    public bool OnlyValues { get; init; }
}

/// <summary>
/// One pass over a model's rows that counts some features in all windows, versions and segments at once. The rows go through the
/// engine set-based; nothing is read back for the stored profiles.
/// </summary>
internal sealed record ProfileStatement
{
    /// <summary>Value of a segment for rows whose value is not among the ones told apart.</summary>
    public const string OtherValue = "@other";

    /// <summary>Value of a segment for rows without one.</summary>
    public const string MissingValue = "@missing";

    /// <summary>The columns of the answer, in the order of <see cref="Select"/> and of the table profiles.</summary>
    public const string ResultColumns =
        "window_start, window_end, version, segment_key, segment_value, feature, baseline, rows, present, missing, "
        + "positive_infinity, negative_infinity, "
        + "type_errors, out_of_range, minimum, maximum, sum, sum_of_squares, bins";

    /// <summary>Table with the columns of predictions.</summary>
    public required string Table { get; init; }

    /// <summary>Which rows; over the table's columns, with placeholders of <see cref="Parameters"/>.</summary>
    public required string Where { get; init; }

    /// <summary>Start of a row's window as seconds since 1970: an expression, or a constant for one window.</summary>
    public required string WindowSeconds { get; init; }

    /// <summary>Length of a window in seconds.</summary>
    public required long WindowLength { get; init; }

    /// <summary>Expression of a row's version.</summary>
    public string Version { get; init; } = "version";

    public required IReadOnlyList<ProfileColumn> Columns { get; init; }

    public IReadOnlyList<SegmentColumn> Segments { get; init; } = [];

    /// <summary>Pairs of places in <see cref="Segments"/> whose combinations are groups too.</summary>
    public IReadOnlyList<(int First, int Second)> Crosses { get; init; } = [];

    /// <summary>Values of <see cref="Where"/>'s placeholders.</summary>
    public IReadOnlyList<SqlParameter> Parameters { get; init; } = [];

    /// <summary>The profiles as rows of <see cref="ResultColumns"/>.</summary>
    public SqlStatement Select() => new(SelectText(), AllParameters([]));

    /// <summary>Computes the profiles and stores them; nothing leaves the engine.</summary>
    public SqlStatement Insert(int modelId, DateTimeOffset computedAt) =>
        new(
            $"INSERT INTO profiles (model_id, computed_at, {ResultColumns}) SELECT {{model:UInt32}}, {{computed_at:DateTime64(3, "
                + $"'UTC')}}, {ResultColumns} FROM ({SelectText()})",
            AllParameters([new("model", modelId), new("computed_at", computedAt)])
        );

    private string SelectText() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            SELECT toDateTime(window, 'UTC') AS window_start, toDateTime(window + {{WindowLength}}, 'UTC') AS window_end,
                toString(row_version) AS version,
                segment_key, segment_value, feature, baseline, rows,
                if(kind = 0, arraySum(finite), toUInt64(arraySum(counts) - counts[-1])) AS present,
                toUInt64(counts[-1] - least(counts[-1], type_errors)) AS missing,
                if(kind = 0, counts[-2], toUInt64(0)) AS positive_infinity,
                if(kind = 0, counts[1], toUInt64(0)) AS negative_infinity,
                if(error_index = 0, toUInt64(0), errors.2[error_index]) AS type_errors,
                if(below > 0, finite[1], toUInt64(0)) + if(above > 0, finite[-1], toUInt64(0)) AS out_of_range,
                if(kind = 0 AND present > 0, counted.2, nan) AS minimum,
                if(kind = 0 AND present > 0, counted.3, nan) AS maximum,
                counted.4 AS sum, counted.5 AS sum_of_squares,
                multiIf(bin_count = 0, CAST([] AS Array(UInt64)),
                    kind = 1, arraySlice(counts, 1, bin_count),
                    bin_count = 1, [present],
                    arrayConcat([arraySum(arraySlice(finite, 1, first_parts))], arraySlice(finite, first_parts + 1, bin_count - 2),
                        [arraySum(arraySlice(finite, first_parts + bin_count - 1))])) AS bins
            FROM
            (
                SELECT window, row_version, segment_key, segment_value, rows, errors, counted, counted.1 AS counts,
                    arraySlice(counts, 2, length(counts) - 3) AS finite,
                    feature, baseline, kind, bin_count, first_parts, below, above, indexOf(errors.1, feature) AS error_index
                FROM ({{GroupsText()}}) AS groups
                ARRAY JOIN all_counted AS counted, {features:Array(String)} AS feature, {baselines:Array(UInt32)} AS baseline,
                    {kinds:Array(UInt8)} AS kind,
                    {bin_counts:Array(UInt16)} AS bin_count, {first_parts:Array(UInt8)} AS first_parts, {belows:Array(UInt8)} AS below,
                        {aboves:Array(UInt8)} AS above
            )
            """
        );

    private string GroupsText()
    {
        var segmentColumns = string.Concat(
            Segments.Select((segment, i) => string.Create(CultureInfo.InvariantCulture, $", {SegmentSql(segment, i)} AS s{i}"))
        );
        var sets = new GroupingSets(Segments.Count, Crosses);
        var key = sets.Choose(i => string.Create(CultureInfo.InvariantCulture, $"{{segment_key{i}:String}}"));
        var value = sets.Choose(i => $"toString({GroupingSets.Column(i)})");
        return $$"""
            WITH {{WindowSeconds}} AS window, {{Version}} AS row_version,
                CAST(mapKeys(raw) AS Array(String)) AS wrong_names{{segmentColumns}}
            SELECT window, row_version, {{key}} AS segment_key, {{value}} AS segment_value, count() AS rows,
                sumMapIf(wrong_names, arrayResize([toUInt64(1)], length(wrong_names), toUInt64(1)), notEmpty(wrong_names)) AS errors,
                [{{string.Join(",\n    ", Columns.Select(column => column.Aggregate))}}] AS all_counted
            FROM {{Table}}
            WHERE {{Where}}
            {{sets.GroupBy("window, row_version")}}{{Having()}}
            """;
    }

    private string Having()
    {
        string[] unwanted =
        [
            .. Segments
                .Select(
                    (segment, i) =>
                        segment.OnlyValues
                            ? string.Create(CultureInfo.InvariantCulture, $"NOT (grouping(s{i}) = 0 AND s{i} = '{MissingValue}')")
                            : ""
                )
                .Where(text => text.Length > 0),
        ];
        return unwanted.Length == 0 ? "" : " HAVING " + string.Join(" AND ", unwanted);
    }

    private static string SegmentSql(SegmentColumn segment, int index)
    {
        if (segment.Values.Count == 0)
            return $"if(isNull({segment.Sql}), '{MissingValue}', '{OtherValue}')";
        var parameter = string.Create(CultureInfo.InvariantCulture, $"{{segment_values{index}:Array(String)}}");
        return $"if(isNull({segment.Sql}), '{MissingValue}', toString(assumeNotNull(transform({segment.Sql}, {parameter}, "
            + $"{parameter}, '{OtherValue}'))))";
    }

    private List<SqlParameter> AllParameters(IEnumerable<SqlParameter> more)
    {
        var parameters = new List<SqlParameter>(more);
        parameters.AddRange(Parameters);
        parameters.AddRange(Columns.SelectMany(column => column.Parameters));
        for (var i = 0; i < Segments.Count; i++)
        {
            parameters.Add(new(string.Create(CultureInfo.InvariantCulture, $"segment_key{i}"), Segments[i].Key));
            if (Segments[i].Values.Count > 0)
                parameters.Add(new(string.Create(CultureInfo.InvariantCulture, $"segment_values{i}"), Segments[i].Values));
        }
        parameters.Add(new("features", Columns.Select(column => column.Feature)));
        parameters.Add(new("baselines", Columns.Select(column => column.Baseline)));
        parameters.Add(new("kinds", Columns.Select(column => column.Kind)));
        parameters.Add(new("bin_counts", Columns.Select(column => column.Bins)));
        parameters.Add(new("first_parts", Columns.Select(column => column.FirstBinParts)));
        parameters.Add(new("belows", Columns.Select(column => column.Below)));
        parameters.Add(new("aboves", Columns.Select(column => column.Above)));
        return parameters;
    }
}
