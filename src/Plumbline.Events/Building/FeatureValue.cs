using System.Globalization;

namespace Plumbline.Events.Building;

/// <summary>One value of a feature, as its sender has it. The default value is a missing one.</summary>
public readonly record struct FeatureValue
{
    private FeatureValue(FeatureValueKind kind, double number = 0, string? text = null) => (Kind, Number, Text) = (kind, number, text);

    /// <summary>Its shape.</summary>
    public FeatureValueKind Kind { get; }

    /// <summary>The number, where it is one.</summary>
    public double Number { get; }

    /// <summary>The text, the JSON, or the digits of an integer that a 64-bit number does not hold exactly.</summary>
    public string? Text { get; }

    /// <summary>No value.</summary>
    public static FeatureValue Missing => default;

    /// <summary>A number. NaN is no number, and so a missing value; an infinity is kept as one.</summary>
    public static FeatureValue Of(double value) => double.IsNaN(value) ? Missing : new(FeatureValueKind.Number, value);

    /// <summary>A whole number: beyond 15 digits, where a 64-bit number loses some, its digits are kept.</summary>
    public static FeatureValue Of(long value) =>
        value is > -1_000_000_000_000_000 and < 1_000_000_000_000_000
            ? new(FeatureValueKind.Number, value)
            : new(FeatureValueKind.LongInteger, value, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>True or false.</summary>
    public static FeatureValue Of(bool value) => new(value ? FeatureValueKind.True : FeatureValueKind.False);

    /// <summary>A text; null is a missing value.</summary>
    public static FeatureValue Of(string? value) => value is null ? Missing : new(FeatureValueKind.Text, text: value);

    /// <summary>The JSON text of an array or object. What is no JSON refuses the row.</summary>
    public static FeatureValue Json(string json) => new(FeatureValueKind.Json, text: json ?? throw new ArgumentNullException(nameof(json)));
}
