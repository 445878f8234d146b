namespace Plumbline.Events;

/// <summary>
/// What one event, one line and one body may hold. Everything beyond a limit is refused by row (or the body as a whole)
/// with a code, and counted. Lengths are in bytes of UTF-8 unless said otherwise.
/// </summary>
public sealed record EventLimits
{
    /// <summary>The longest prediction id. Range 16..1024, default 256. Longer: the row is rejected.</summary>
    public int IdBytes { get; init; } = 256;

    /// <summary>
    /// The longest version, source, segment, trace id or signal name. Range 16..1024, default 128. Longer: the row is rejected.
    /// </summary>
    public int WordBytes { get; init; } = 128;

    /// <summary>The longest class name. Range 1..4096, default 256. Longer: the row is rejected.</summary>
    public int ClassBytes { get; init; } = 256;

    /// <summary>The longest feature name in characters. Fixed at 256 by the model's own rules.</summary>
    public int NameCharacters { get; init; } = 256;

    /// <summary>
    /// The longest text (or nested JSON) of one feature. Range 256..1,048,576, default 65,536. Longer: the row is rejected.
    /// </summary>
    public int TextBytes { get; init; } = 65_536;

    /// <summary>The longest <c>metadata</c> object. Range 0..65,536, default 16,384. Longer: the row is rejected.</summary>
    public int MetadataBytes { get; init; } = 16_384;

    /// <summary>
    /// The longest <c>error</c> text. Range 0..65,536, default 8,192. Longer: cut there, at the border of a character, since an error text
    /// is for reading.
    /// </summary>
    public int ErrorBytes { get; init; } = 8_192;

    /// <summary>How deep a feature value or metadata may nest. Range 1..100, default 32. Deeper: the row is rejected.</summary>
    public int JsonDepth { get; init; } = 32;

    /// <summary>Features in one row. Range 1..5,000, default 5,000. More: the row is rejected.</summary>
    public int FeaturesPerRow { get; init; } = 5_000;

    /// <summary>Classes in one row's probabilities. Range 2..10,000, default 1,000. More: the row is rejected.</summary>
    public int ClassesPerRow { get; init; } = 1_000;

    /// <summary>
    /// Different feature and class names in one batch. Range 100..100,000, default 20,000. More: the row that brings the next name is
    /// rejected.
    /// </summary>
    public int NamesPerBatch { get; init; } = 20_000;

    /// <summary>
    /// Rows of an array body. Range 1..1,000,000, default 100,000. More: the body is refused (413); NDJSON has no such limit.
    /// </summary>
    public int RowsPerBody { get; init; } = 100_000;

    /// <summary>
    /// Bytes of an object or array body after decompression. Range 1 KiB..512 MiB, default 64 MiB; held in memory while it is read. More:
    /// 413.
    /// </summary>
    public int BodyBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Bytes of an NDJSON body after decompression. Range 1 KiB..1 TiB, default 16 GiB; read in chunks. More: 413, what came before is
    /// kept.
    /// </summary>
    public long StreamBytes { get; init; } = 16L * 1024 * 1024 * 1024;

    /// <summary>Bytes of one NDJSON line. Range 1 KiB..64 MiB, default 4 MiB. More: the line is rejected.</summary>
    public int LineBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Rows of an NDJSON body that are made durable together. Range 1..100,000, default 5,000.</summary>
    public int ChunkRows { get; init; } = 5_000;

    /// <summary>Encoded bytes of an NDJSON body that are made durable together. Range 64 KiB..64 MiB, default 4 MiB.</summary>
    public int ChunkBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Rejections that an answer lists; the rest is only counted. Range 1..10,000, default 100.</summary>
    public int RejectionsListed { get; init; } = 100;

    /// <summary>
    /// How far a timestamp may lie ahead of the server's clock. Range 0..30 d, default 1 d. Further: the row is rejected.
    /// </summary>
    public TimeSpan AllowedFuture { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The deepest nesting that the JSON reader follows at all; beyond it the body counts as malformed.</summary>
    internal const int ReaderDepth = 1_000;
}
