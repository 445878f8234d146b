namespace Plumbline.Ingestion.Sources.Reading;

/// <summary>What the values of a column are, whatever the place calls its type.</summary>
public enum SourceColumnKind
{
    /// <summary>Integers, decimals and floating point; as text that reads back the same.</summary>
    Number,

    /// <summary>Anything else, as text.</summary>
    Text,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>A moment; as epoch microseconds, without a zone taken as UTC.</summary>
    Time,
}

/// <summary>A column of a table.</summary>
/// <param name="Name">As the place has it.</param>
/// <param name="Kind">What its values are.</param>
/// <param name="Type">The place's own name of the type, for messages.</param>
/// <param name="CanOrder">True when a cursor can stand on it: an integer of at most 64 bits, or a time with time of day.</param>
/// <param name="IsNeverNull">True when the place promises a value in each row.</param>
internal sealed record SourceColumn(string Name, SourceColumnKind Kind, string Type, bool CanOrder, bool IsNeverNull);

/// <summary>A place in the order of a table's rows: by watermark, then by tie breaker.</summary>
/// <param name="Watermark">Epoch microseconds, or the integer.</param>
/// <param name="Tie">The tie breaker's text; null when there is none.</param>
internal readonly record struct SourcePosition(long Watermark, string? Tie);

/// <summary>Where a page begins.</summary>
/// <param name="Position">Null for the first row of all.</param>
/// <param name="IsIncluded">Whether rows at the very watermark are read again, whatever their tie.</param>
internal readonly record struct PageStart(SourcePosition? Position, bool IsIncluded);

/// <summary>A row: the values in the order of <see cref="SourceShape.Columns"/>, null for null.</summary>
internal readonly record struct SourceRecord(SourcePosition Position, string?[] Values);

/// <summary>A table of a place while it is pulled.</summary>
internal interface ISourceTable : IAsyncDisposable
{
    /// <summary>The table's columns now.</summary>
    /// <exception cref="SourceException">It cannot be asked.</exception>
    Task<IReadOnlyList<SourceColumn>> ReadColumnsAsync(CancellationToken cancellation);

    /// <summary>
    /// The next rows in order: as many as a page has, and any further ones that have the last one's place. None with a later watermark than
    /// <paramref name="until"/>.
    /// </summary>
    /// <exception cref="SourceException">It cannot be read.</exception>
    IAsyncEnumerable<SourceRecord> ReadPageAsync(SourceShape shape, PageStart start, long until, CancellationToken cancellation);
}
