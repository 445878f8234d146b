using System.Text.Json;

namespace Plumbline.Ingestion.Sources.Reading;

/// <summary>Which columns are read, for what, and of what kind they are.</summary>
internal sealed class SourceShape
{
    private SourceShape(SourceSpecification source, IReadOnlyList<SourceColumn> available)
    {
        Source = source;
        var columns = source.Columns;
        PredictionId = Take("columns.prediction_id", columns.PredictionId, available);
        Timestamp = Take("columns.timestamp", columns.Timestamp, available);
        Value = Take("columns.value", columns.Value, available);
        Name = Take("columns.name", columns.Name, available);
        Version = Take("columns.version", columns.Version, available);
        Segment = Take("columns.segment", columns.Segment, available);
        SourceName = Take("columns.source", columns.Source, available);
        SignalId = Take("columns.signal_id", columns.SignalId, available);
        Watermark = Find("watermark", source.Watermark, available);
        TieBreaker = source.TieBreaker is { } tie ? Find("tie_breaker", tie, available) : null;
    }

    public SourceSpecification Source { get; }

    /// <summary>The columns of <see cref="SourceRecord.Values"/>.</summary>
    public List<SourceColumn> Columns { get; } = [];

    public int? PredictionId { get; }

    public int? Timestamp { get; }

    public int? Value { get; }

    public int? Name { get; }

    public int? Version { get; }

    public int? Segment { get; }

    public int? SourceName { get; }

    public int? SignalId { get; }

    public SourceColumn Watermark { get; }

    public SourceColumn? TieBreaker { get; }

    /// <summary>True when the watermark is a time, false when it is an integer.</summary>
    public bool IsByTime => Watermark.Kind == SourceColumnKind.Time;

    /// <summary>Finds the declared columns among those that are there.</summary>
    /// <exception cref="SourceException">One is missing, or of a kind that cannot be used so.</exception>
    public static SourceShape Of(SourceSpecification source, IReadOnlyList<SourceColumn> available)
    {
        var shape = new SourceShape(source, available);
        if (!shape.Watermark.CanOrder)
        {
            throw new SourceException(
                SourceErrorCode.ColumnInvalid,
                $"The watermark '{source.Watermark}' is of the type {shape.Watermark.Type}; "
                    + "a time with time of day or an integer is needed."
            );
        }

        if (shape.Timestamp is { } timestamp && shape.Columns[timestamp].Kind == SourceColumnKind.Boolean)
        {
            throw new SourceException(
                SourceErrorCode.ColumnInvalid,
                $"The timestamp '{source.Columns.Timestamp}' is of the type {shape.Columns[timestamp].Type}; a time is needed."
            );
        }

        if (shape.TieBreaker is { Kind: SourceColumnKind.Boolean } tie)
        {
            throw new SourceException(
                SourceErrorCode.ColumnInvalid,
                $"The tie breaker '{source.TieBreaker}' is of the type {tie.Type}; it must tell rows apart."
            );
        }

        if (
            source.Overlap is { } overlap
            && OverlapText.TryRead(overlap, out var duration, out _)
            && duration is not null != shape.IsByTime
        )
        {
            throw new SourceException(
                SourceErrorCode.ColumnInvalid,
                shape.IsByTime
                    ? $"The watermark '{source.Watermark}' is a time, so overlap must be a duration such as 5m."
                    : $"The watermark '{source.Watermark}' is an integer, so overlap must be a count such as 10000."
            );
        }

        return shape;
    }

    /// <summary>The kinds of the columns, to be compared with those of a later pull.</summary>
    public string Describe() => JsonSerializer.Serialize(Kinds(), SourceSpecification.Json);

    /// <summary>Compares with what <see cref="Describe"/> gave earlier.</summary>
    /// <exception cref="SourceException">A column is of another kind: its rows would be refused, and be gone for good once the cursor has
    /// passed them.</exception>
    public void CheckUnchanged(string described)
    {
        var before = JsonSerializer.Deserialize<Dictionary<string, SourceColumnKind>>(described, SourceSpecification.Json)!;
        foreach (var (column, kind) in Kinds())
        {
            if (before.TryGetValue(column, out var known) && known != kind)
            {
                throw new SourceException(
                    SourceErrorCode.SchemaChanged,
                    $"The column '{column}' was {Named(known)} and is {Named(kind)} now. Change it back, or accept it by declaring "
                        + "the source again (PUT)."
                );
            }
        }
    }

    private SortedDictionary<string, SourceColumnKind> Kinds()
    {
        var kinds = new SortedDictionary<string, SourceColumnKind>(StringComparer.Ordinal) { [Watermark.Name] = Watermark.Kind };
        foreach (var column in Columns)
            kinds[column.Name] = column.Kind;
        if (TieBreaker is { } tie)
            kinds[tie.Name] = tie.Kind;
        return kinds;
    }

    private int? Take(string field, string? name, IReadOnlyList<SourceColumn> available)
    {
        if (name is null)
            return null;
        Columns.Add(Find(field, name, available));
        return Columns.Count - 1;
    }

    private static SourceColumn Find(string field, string name, IReadOnlyList<SourceColumn> available) =>
        available.FirstOrDefault(column => column.Name == name)
        ?? throw new SourceException(
            SourceErrorCode.ColumnMissing,
            $"There is no column '{name}' ({field}). There are: "
                + $"{string.Join(", ", available.Take(50).Select(column => column.Name))}{(available.Count > 50 ? ", .." : "")}."
        );

    private static string Named(SourceColumnKind kind) =>
        kind switch
        {
            SourceColumnKind.Number => "a number",
            SourceColumnKind.Boolean => "true or false",
            SourceColumnKind.Time => "a time",
            _ => "text",
        };
}
