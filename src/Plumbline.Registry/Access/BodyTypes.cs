namespace Plumbline.Registry.Access;

/// <summary>The media types that an endpoint takes besides JSON. An endpoint that declares nothing takes JSON alone.</summary>
public sealed class BodyTypes
{
    internal const string Json = "application/json";
    internal const string Form = "application/x-www-form-urlencoded";

    private BodyTypes(params string[] names) => Names = names;

    /// <summary>The page where a key is exchanged for a cookie: a form, and nothing else.</summary>
    public static BodyTypes OfForm { get; } = new(Form) { JsonToo = false };

    /// <summary>Events: JSON or a JSON object per line.</summary>
    public static BodyTypes OfEvents { get; } =
        new("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines") { ChecksItself = true };

    /// <summary>Rows of answers: JSON, or a JSON object per line.</summary>
    public static BodyTypes OfRows { get; } =
        new("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines");

    /// <summary>References: rows as a file, or JSON that names a window.</summary>
    public static BodyTypes OfReferences { get; } =
        new("text/csv", "application/x-ndjson", "application/vnd.apache.parquet") { ChecksItself = true, Code = "media_type_unknown" };

    /// <summary>Files of answers: JSON of a tool, or rows; the address says which.</summary>
    public static BodyTypes OfAnswers { get; } =
        new("text/csv", "application/x-ndjson", "application/vnd.apache.parquet", "application/octet-stream");

    /// <summary>Media types besides JSON, in lower case.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether JSON is taken too.</summary>
    public bool JsonToo { get; private init; } = true;

    /// <summary>
    /// True when the endpoint answers types that it does not know by itself; the gate then only refuses what a form can send.
    /// </summary>
    public bool ChecksItself { get; private init; }

    /// <summary>The <c>code</c> of the refusal.</summary>
    public string Code { get; private init; } = "unsupported_media_type";

    internal bool Takes(string mediaType) => Names.Contains(mediaType, StringComparer.OrdinalIgnoreCase);

    /// <summary>application/json, text/json or any application/..+json.</summary>
    internal static bool IsJson(string mediaType) =>
        mediaType.Equals(Json, StringComparison.OrdinalIgnoreCase)
        || mediaType.Equals("text/json", StringComparison.OrdinalIgnoreCase)
        || (
            mediaType.StartsWith("application/", StringComparison.OrdinalIgnoreCase)
            && mediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>What a page may send to another site without asking first.</summary>
    internal static bool CanBeAForm(string mediaType) =>
        mediaType.Equals(Form, StringComparison.OrdinalIgnoreCase)
        || mediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase)
        || mediaType.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Says what an endpoint's body may be.</summary>
public static class BodyTypesExtensions
{
    /// <summary>Declares the media types that the endpoint takes.</summary>
    public static TBuilder TakesBodies<TBuilder>(this TBuilder builder, BodyTypes types)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(types);
}
