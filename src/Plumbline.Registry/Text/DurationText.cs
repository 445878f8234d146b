using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Plumbline.Registry.Text;

/// <summary>
/// Durations as people write them: <c>90s</c>, <c>10m</c>, <c>1h</c>, <c>7d</c>, <c>2w</c>, <c>2y</c> (a year is 365 days).
/// </summary>
public static class DurationText
{
    /// <summary>Parses a positive whole number with a unit.</summary>
    public static bool TryParse(string? text, out TimeSpan value)
    {
        value = default;
        if (text is null || text.Length is < 2 or > 12)
            return false;
        if (!int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return false;
        var unit = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            'w' => TimeSpan.FromDays(7),
            'y' => TimeSpan.FromDays(365),
            _ => TimeSpan.Zero,
        };
        if (unit == TimeSpan.Zero || count > TimeSpan.FromDays(36_500) / unit)
            return false;
        value = count * unit;
        return true;
    }

    /// <summary>The shortest text that parses back to the same duration; whole seconds only.</summary>
    public static string Format(TimeSpan value)
    {
        ReadOnlySpan<(char Unit, long Seconds)> units = [('d', 86_400), ('h', 3_600), ('m', 60)];
        var seconds = (long)value.TotalSeconds;
        foreach (var (unit, length) in units)
        {
            if (seconds != 0 && seconds % length == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{seconds / length}{unit}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{seconds}s");
    }
}

/// <summary>Reads and writes <see cref="TimeSpan"/> as <see cref="DurationText"/>.</summary>
public sealed class DurationJsonConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && DurationText.TryParse(reader.GetString(), out var value)
            ? value
            : throw new JsonException("A duration is text such as \"10m\", \"1h\", \"7d\" or \"2y\".");

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteStringValue(DurationText.Format(value));
}
