namespace Plumbline.Events;

/// <summary>Why one row of a batch was not taken. The rest of the batch is not affected.</summary>
/// <param name="Index">Position of the row in the batch, from 0; for NDJSON the number of the non-empty line.</param>
/// <param name="Code">One of <see cref="RejectionCode"/>: stable, for programs.</param>
/// <param name="Field">The field at fault, or null when it is the row itself.</param>
/// <param name="Detail">One sentence for people.</param>
public sealed record RowRejection(long Index, string Code, string? Field, string Detail);

/// <summary>The codes of <see cref="RowRejection"/>. They are part of the HTTP contract.</summary>
public static class RejectionCode
{
    /// <summary>The row is not a JSON object.</summary>
    public const string RowNotObject = "row_not_object";

    /// <summary>A line of an NDJSON body is not JSON.</summary>
    public const string MalformedJson = "malformed_json";

    /// <summary>A line of an NDJSON body is longer than <see cref="EventLimits.LineBytes"/>.</summary>
    public const string LineTooLong = "line_too_long";

    /// <summary>The same key twice in one object.</summary>
    public const string DuplicateKey = "duplicate_key";

    /// <summary>A required field is absent.</summary>
    public const string FieldMissing = "field_missing";

    /// <summary>A field has a value of the wrong JSON type or an unknown word.</summary>
    public const string FieldInvalid = "field_invalid";

    /// <summary>Text that is not valid UTF-8, or an escape that makes half a surrogate pair.</summary>
    public const string TextInvalid = "text_invalid";

    /// <summary>A value longer than its limit.</summary>
    public const string ValueTooLong = "value_too_long";

    /// <summary>Objects or arrays nested deeper than <see cref="EventLimits.JsonDepth"/>.</summary>
    public const string NestedTooDeep = "nested_too_deep";

    /// <summary>More features in the row than <see cref="EventLimits.FeaturesPerRow"/>, or than the model may have.</summary>
    public const string TooManyFeatures = "too_many_features";

    /// <summary>More entries in <c>probabilities</c> than <see cref="EventLimits.ClassesPerRow"/>.</summary>
    public const string TooManyClasses = "too_many_classes";

    /// <summary>A feature name that is empty, too long, starts with '@' or has control characters.</summary>
    public const string FeatureNameInvalid = "feature_name_invalid";

    /// <summary>An id that is empty, too long or has control characters.</summary>
    public const string IdInvalid = "id_invalid";

    /// <summary>Neither RFC 3339 nor epoch milliseconds, or before 1970.</summary>
    public const string TimestampInvalid = "timestamp_invalid";

    /// <summary>More than <see cref="EventLimits.AllowedFuture"/> ahead of the server's clock.</summary>
    public const string TimestampInFuture = "timestamp_in_future";

    /// <summary>Older than the model's declared retention.</summary>
    public const string TimestampTooOld = "timestamp_too_old";

    /// <summary>The prediction does not fit the model's task.</summary>
    public const string PredictionInvalid = "prediction_invalid";

    /// <summary>A probability outside [0, 1], or a sum above 1.</summary>
    public const string ProbabilityInvalid = "probability_invalid";
}
