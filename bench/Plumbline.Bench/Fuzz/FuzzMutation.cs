using System.Text;
using System.Text.RegularExpressions;
using Plumbline.Statistics;

namespace Plumbline.Bench.Fuzz;

/// <summary>Makes a right body wrong: by its values, by its shape, by its bytes. The same random source makes the same bodies.</summary>
internal sealed partial class FuzzMutation(RandomSource random)
{
    /// <summary>The text with its numbers filled in, mutated none to three times.</summary>
    public byte[] Json(string seed)
    {
        var text = seed.Replace(
            "#",
            random.NextInt(5000).ToString(System.Globalization.CultureInfo.InvariantCulture),
            StringComparison.Ordinal
        );
        for (var times = random.NextInt(4); times > 0; times--)
            text = ChangeValue(text);
        var bytes = Encoding.UTF8.GetBytes(text);
        return random.NextInt(4) == 0 ? Bytes(bytes) : bytes;
    }

    /// <summary>Rows as a file, mutated by cell and by byte.</summary>
    public byte[] Text(string seed)
    {
        var text = seed;
        if (random.NextInt(3) == 0)
            text = string.Concat(Enumerable.Repeat(text, 1 + random.NextInt(30)));
        if (random.NextInt(2) == 0)
        {
            var cells = text.Split(',');
            cells[random.NextInt(cells.Length)] = Pick(FuzzSeeds.Nasty).Trim('"');
            text = string.Join(',', cells);
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        return random.NextInt(2) == 0 ? Bytes(bytes) : bytes;
    }

    /// <summary>Turns over, inserts, removes, repeats or cuts off bytes.</summary>
    public byte[] Bytes(byte[] body)
    {
        var bytes = body.ToList();
        for (var times = 1 + random.NextInt(3); times > 0 && bytes.Count > 0; times--)
        {
            var at = random.NextInt(bytes.Count);
            switch (random.NextInt(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.NextInt(8));
                    break;
                case 1:
                    bytes.Insert(at, (byte)random.NextInt(256));
                    break;
                case 2:
                    bytes.RemoveAt(at);
                    break;
                case 3:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.Skip(at).Take(random.NextInt(64)).ToArray());
                    break;
                // Half of a surrogate pair, as some libraries write it, and bytes that begin no letter.
                default:
                    bytes.InsertRange(at, random.NextInt(2) == 0 ? [0xED, 0xA0, 0x80] : [0xC0, 0xAF, 0xFF]);
                    break;
            }
        }

        return [.. bytes];
    }

    public T Pick<T>(IReadOnlyList<T> from) => from[random.NextInt(from.Count)];

    private string ChangeValue(string text)
    {
        var tokens = Tokens().Matches(text);
        if (tokens.Count == 0)
            return text;
        var token = tokens[random.NextInt(tokens.Count)];
        var isKey = token.Index + token.Length < text.Length && text[token.Index + token.Length] == ':';
        var replacement =
            isKey && random.NextInt(4) > 0
                ? $"\"{Pick(FuzzSeeds.Names).Replace("\"", "", StringComparison.Ordinal).Replace("\\", "", StringComparison.Ordinal)}\""
                : random.NextInt(30) switch
                {
                    0 => $"\"{new string('x', 1 << random.NextInt(18))}\"",
                    1 => string.Concat(Enumerable.Repeat("[", 1 + random.NextInt(80)))
                        + string.Concat(Enumerable.Repeat("]", 1 + random.NextInt(80))),
                    2 => $"[{string.Join(',', Enumerable.Repeat(token.Value, 1 + random.NextInt(200)))}]",
                    3 => $"{token.Value},{token.Value}",
                    4 => "",
                    _ => Pick(FuzzSeeds.Nasty),
                };
        return string.Concat(text.AsSpan(0, token.Index), replacement, text.AsSpan(token.Index + token.Length));
    }

    [GeneratedRegex(
        """\"(?:[^\"\\]|\\.)*\"|-?\d[\d.eE+-]*|true|false|null|\{\}|\[\]""",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Tokens();
}
