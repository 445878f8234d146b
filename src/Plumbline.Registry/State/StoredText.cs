using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Plumbline.Registry.State;

/// <summary>
/// Text for a database that has no character 0, which names and values of clients may contain: it is stored as character 16 and a zero, and
/// character 16 itself twice. Different texts stay different.
/// </summary>
internal sealed class StoredText() : ValueConverter<string, string>(text => Write(text), text => Read(text))
{
    private const char Mark = '\u0010';

    internal static string Write(string text) =>
        text.AsSpan().IndexOfAny('\0', Mark) < 0
            ? text
            : text.Replace("\u0010", "\u0010\u0010", StringComparison.Ordinal).Replace("\0", "\u00100", StringComparison.Ordinal);

    internal static string Read(string text)
    {
        if (!text.Contains(Mark, StringComparison.Ordinal))
            return text;
        var read = new System.Text.StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != Mark || i + 1 == text.Length)
                read.Append(text[i]);
            else
                read.Append(text[++i] == Mark ? Mark : '\0');
        }

        return read.ToString();
    }
}
