using System.Globalization;
using System.Text;

namespace Plumbline.Server.Cli.Import;

/// <summary>
/// A way to write times that the import cannot tell by itself, such as day first: the codes are those of strptime, <c>%d/%m/%Y %H:%M</c>.
/// </summary>
public sealed class TimeFormat
{
    private static readonly Dictionary<char, (string Padded, string Short)> Codes = new()
    {
        ['d'] = ("dd", "d"),
        ['m'] = ("MM", "M"),
        ['Y'] = ("yyyy", "yyyy"),
        ['y'] = ("yy", "yy"),
        ['H'] = ("HH", "H"),
        ['I'] = ("hh", "h"),
        ['M'] = ("mm", "m"),
        ['S'] = ("ss", "s"),
        ['f'] = ("FFFFFFF", "FFFFFFF"),
        ['p'] = ("tt", "tt"),
        ['b'] = ("MMM", "MMM"),
        ['B'] = ("MMMM", "MMMM"),
        ['a'] = ("ddd", "ddd"),
        ['A'] = ("dddd", "dddd"),
        ['z'] = ("zzz", "zzz"),
    };

    private readonly string[] _formats;

    private TimeFormat(string written, string[] formats) => (Written, _formats) = (written, formats);

    /// <summary>As it was given.</summary>
    public string Written { get; }

    /// <summary>Reads a format; false when it has a code that is not known, or none at all.</summary>
    public static bool TryRead(string written, out TimeFormat? format)
    {
        format = null;
        var (padded, brief, codes) = (new StringBuilder(), new StringBuilder(), 0);
        for (var i = 0; i < written.Length; i++)
        {
            if (written[i] != '%')
            {
                Literal(padded, brief, written[i]);
                continue;
            }

            if (++i == written.Length)
                return false;
            if (written[i] == '%')
            {
                Literal(padded, brief, '%');
                continue;
            }

            if (!Codes.TryGetValue(written[i], out var code))
                return false;
            padded.Append(code.Padded);
            brief.Append(code.Short);
            codes++;
        }

        if (codes == 0)
            return false;
        // One code alone would be read as a standard format of its own.
        format = new TimeFormat(
            written,
            codes == 1 && brief.Length == 1 ? ["%" + brief, padded.ToString()] : [padded.ToString(), brief.ToString()]
        );
        return true;
    }

    /// <summary>Reads a time; without a zone it is UTC.</summary>
    public bool TryParse(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(
            text.Trim(),
            _formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out time
        );

    private static void Literal(StringBuilder padded, StringBuilder brief, char letter)
    {
        padded.Append('\\').Append(letter);
        brief.Append('\\').Append(letter);
    }
}
