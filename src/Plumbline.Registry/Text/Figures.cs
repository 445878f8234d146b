using System.Globalization;

namespace Plumbline.Registry.Text;

/// <summary>
/// Numbers as the pages write them: at most three significant digits, with the unit. Units are those of the metrics
/// catalogue: <c>ratio</c> (shown in percent), <c>count</c>, <c>ms</c>, empty, or any text that is put behind.
/// The chart module's <c>figure</c> follows the same rules.
/// </summary>
public static class Figures
{
    private const string Nothing = "\u2013";
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>A value with its unit; an en dash for null and NaN.</summary>
    public static string Format(double? value, string unit = "")
    {
        if (value is not { } number || double.IsNaN(number))
            return Nothing;
        if (double.IsInfinity(number))
            return number > 0 ? "\u221e" : "\u2212\u221e";
        return unit switch
        {
            _ when IsPercent(unit) => $"{Digits(number * 100)} %",
            "ms" => number >= 10_000 ? $"{Digits(number / 1000)} s" : $"{Digits(number)} ms",
            "bytes" => Bytes(number),
            "count" or "rows" or "requests" => Count(number),
            _ => Scaled(number) + (unit.Length == 0 ? "" : $" {unit}"),
        };
    }

    /// <summary>A number of things: exact below 10,000, then three digits with k, M or G.</summary>
    public static string Count(double value) => Math.Abs(value) < 10_000 ? Math.Round(value).ToString("#,0", Culture) : Scaled(value);

    /// <summary>A binary size: 1,536 is 1.5 KiB.</summary>
    public static string Bytes(double value)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var step = 0;
        for (; value >= 1024 && step < units.Length - 1; step++)
            value /= 1024;
        return $"{Digits(value)} {units[step]}";
    }

    /// <summary>A share in percent, for instance of 12 of 2,000.</summary>
    public static string Share(double part, double whole) => whole > 0 ? Format(part / whole, "ratio") : Nothing;

    /// <summary>A length of time in its two largest units: "3 d 4 h", "12 min", "8 s".</summary>
    public static string Span(TimeSpan span)
    {
        if (span < TimeSpan.Zero)
            span = TimeSpan.Zero;
        if (span.TotalDays >= 1)
            return span.Hours > 0 && span.TotalDays < 10 ? $"{span.Days} d {span.Hours} h" : $"{span.Days:#,0} d";
        if (span.TotalHours >= 1)
            return span.Minutes > 0 ? $"{span.Hours} h {span.Minutes} min" : $"{span.Hours} h";
        return span.TotalMinutes >= 1 ? $"{span.Minutes} min" : $"{span.Seconds} s";
    }

    private static string Scaled(double number) =>
        Math.Abs(number) switch
        {
            >= 1e15 => number.ToString("0.##e0", Culture),
            >= 1e9 => $"{Digits(number / 1e9)} G",
            >= 1e6 => $"{Digits(number / 1e6)} M",
            >= 1e4 => $"{Digits(number / 1e3)} k",
            _ => Digits(number),
        };

    private static string Digits(double number)
    {
        if (number == 0)
            return "0";
        var size = Math.Abs(number);
        if (size < 1e-4)
            return Minus(number.ToString("0.#e-0", Culture));
        var decimals = Math.Clamp(2 - (int)Math.Floor(Math.Log10(size)), 0, 6);
        return Minus(number.ToString(decimals == 0 ? "#,0" : $"#,0.{new string('#', decimals)}", Culture));
    }

    /// <summary>Whether numbers of a unit are between 0 and 1 and written in percent.</summary>
    public static bool IsPercent(string unit) => unit is "ratio" or "share" or "probability";

    /// <summary>
    /// A difference of two numbers with its sign, in their unit; of what is written in percent in points, since "1 %" more of 50 % would be
    /// read as half of one.
    /// </summary>
    public static string Difference(double change, string unit) =>
        change == 0 ? Format(0, unit)
        : IsPercent(unit) ? $"{Signed(change * 100)} points"
        : (change > 0 ? "+" : "\u2212") + Format(Math.Abs(change), unit);

    /// <summary>A change, with its sign: "+1.2", "\u22120.4".</summary>
    public static string Signed(double value) => (value >= 0 ? "+" : "\u2212") + Format(Math.Abs(value));

    private static string Minus(string text) => text.Replace("-", "\u2212", StringComparison.Ordinal);
}
