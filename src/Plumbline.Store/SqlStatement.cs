using System.Collections;
using System.Globalization;
using System.Text;

namespace Plumbline.Store;

/// <summary>
/// A statement whose every value is a placeholder <c>{name:Type}</c>. The text is written by this program only; identifiers in
/// it are made from numbers that this program owns. What a user wrote goes into <paramref name="Parameters"/>.
/// </summary>
/// <param name="Text">The statement without a FORMAT clause.</param>
/// <param name="Parameters">One value for each placeholder's name.</param>
public sealed record SqlStatement(string Text, params IReadOnlyList<SqlParameter> Parameters);

/// <summary>
/// A value for the placeholder <c>{Name:Type}</c>. It travels apart from the statement, so no text in it can become SQL.
/// </summary>
/// <param name="Name">The placeholder's name.</param>
/// <param name="Value">
/// A string, bool, integer, double, <see cref="SqlIdentifier"/> (for Identifier), <see cref="DateTimeOffset"/> (for DateTime and
/// DateTime64, cut to milliseconds), a sequence of those (for Array), or null (only where the placeholder's type is Nullable).
/// </param>
public sealed record SqlParameter(string Name, object? Value)
{
    /// <summary>The value in the engine's escaped-text form, which is what a bound value is read as.</summary>
    internal byte[] Encode()
    {
        var text = new StringBuilder();
        if (Value is string value)
            Escape(text, value);
        else if (Value is SqlIdentifier identifier)
            text.Append(identifier.Name);
        else if (Value is null)
            text.Append("\\N");
        else if (Value is IEnumerable sequence)
            AppendArray(text, sequence);
        else
            text.Append(Scalar(Value));
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private void AppendArray(StringBuilder text, IEnumerable sequence)
    {
        text.Append('[');
        var first = true;
        foreach (var element in sequence)
        {
            if (!first)
                text.Append(',');
            first = false;
            if (element is string or DateTimeOffset)
            {
                text.Append('\'');
                Escape(text, element as string ?? Scalar(element));
                text.Append('\'');
            }
            else
            {
                text.Append(element is null ? "NULL" : Scalar(element));
            }
        }
        text.Append(']');
    }

    private string Scalar(object value) =>
        value switch
        {
            bool flag => flag ? "true" : "false",
            double number when double.IsNaN(number) => "nan",
            double number when double.IsInfinity(number) => number > 0 ? "inf" : "-inf",
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            byte or short or ushort or int or uint or long or ulong => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
            DateTimeOffset time => time.ToUniversalTime()
                .ToString(
                    time.Ticks % TimeSpan.TicksPerSecond < TimeSpan.TicksPerMillisecond ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm:ss.fff",
                    CultureInfo.InvariantCulture
                ),
            _ => throw new ArgumentException($"Parameter {Name}: a value of type {value.GetType().Name} cannot be bound."),
        };

    private static void Escape(StringBuilder text, string value)
    {
        foreach (var character in value)
        {
            _ = character switch
            {
                '\\' => text.Append("\\\\"),
                '\'' => text.Append("\\'"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\0' => text.Append("\\0"),
                _ => text.Append(character),
            };
        }
    }
}

/// <summary>
/// A name for the placeholder <c>{name:Identifier}</c>, which is one name whatever is in it: the engine takes it as it is, without escapes.
/// </summary>
/// <param name="Name">1 character or more, no control characters.</param>
public sealed record SqlIdentifier(string Name);
