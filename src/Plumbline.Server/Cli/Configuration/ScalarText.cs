using System.ComponentModel;
using System.Globalization;
using Plumbline.Registry.Text;

namespace Plumbline.Server.Cli.Configuration;

/// <summary>
/// One written value -> a typed one: texts, numbers, booleans, durations (<c>10m</c>), names of an enumeration or of a type that declares
/// some.
/// </summary>
internal static class ScalarText
{
    public static bool Knows(Type type) =>
        type.IsEnum
        || type == typeof(string)
        || type == typeof(bool)
        || type == typeof(int)
        || type == typeof(long)
        || type == typeof(double)
        || type == typeof(TimeSpan)
        || type == typeof(Uri)
        || NamesOf(type) is not null;

    public static bool TryParse(string text, Type type, out object? value)
    {
        value = type switch
        {
            _ when type == typeof(string) => text,
            _ when type == typeof(Uri) => Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri : null,
            _ when type == typeof(bool) => bool.TryParse(text, out var flag) ? flag : null,
            _ when type == typeof(double) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
                ? real
                : null,
            _ when type == typeof(TimeSpan) => DurationText.TryParse(text, out var duration) ? duration : null,
            _ when type == typeof(int) => int.TryParse(
                Digits(text),
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var small
            )
                ? small
                : null,
            _ when type == typeof(long) => long.TryParse(
                Digits(text),
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var large
            )
                ? large
                : null,
            _ when NamesOf(type) is { } converter => Named(converter, text),
            _ => Enum.GetNames(type).FirstOrDefault(name => YamlConfiguration.KeyOf(name) == text) is { } known
                ? Enum.Parse(type, known)
                : null,
        };
        return value is not null;
    }

    public static string Describe(Type type) =>
        type switch
        {
            _ when type.IsEnum => "one of " + string.Join(", ", Enum.GetNames(type).Select(YamlConfiguration.KeyOf)),
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(TimeSpan) => "a duration like 30s, 10m, 1h or 7d",
            _ when type == typeof(double) => "a number",
            _ when type == typeof(Uri) => "a URL",
            _ when type == typeof(string) => "a text",
            _ when NamesOf(type) is { } converter => "one of " + string.Join(", ", converter.GetStandardValues()!.Cast<object>()),
            _ => "a whole number",
        };

    // A type that declares how its values are called, such as the kinds of rules.
    private static TypeConverter? NamesOf(Type type) =>
        type.IsDefined(typeof(TypeConverterAttribute), inherit: true)
        && TypeDescriptor.GetConverter(type) is var converter
        && converter.GetStandardValuesSupported()
            ? converter
            : null;

    private static object? Named(TypeConverter converter, string text)
    {
        try
        {
            return converter.ConvertFromInvariantString(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // 1_000_000 is how people keep large numbers readable.
    private static string Digits(string text) => text.Replace("_", "", StringComparison.Ordinal);
}
