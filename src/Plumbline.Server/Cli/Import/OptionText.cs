using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using Plumbline.Registry.Text;
using Plumbline.Server.Cli.Shell;
using Plumbline.Server.Hosting;

namespace Plumbline.Server.Cli.Import;

/// <summary>The kinds of option that `import` has, each with its own check and message.</summary>
internal static class OptionText
{
    public static Option<string?> File(string name, string description) => new(name) { Description = description, HelpName = "FILE" };

    public static Option<string?> Column(string name, string description) => new(name) { Description = description, HelpName = "COLUMN" };

    /// <summary>Names separated by commas; the option may be given several times. A comma inside a name is written <c>\,</c>.</summary>
    public static Option<string[]> List(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "A,B,..",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result => [.. result.Tokens.SelectMany(token => Split(token.Value))],
        };

    public static Option<int> Count(string name, string description, int standard, int least, int most)
    {
        var option = new Option<int>(name)
        {
            Description = $"{description} ({least}..{most:N0})",
            DefaultValueFactory = _ => standard,
            HelpName = "N",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var value) && (value < least || value > most))
                result.AddError($"{name} must be {least}..{most}");
        });
        return option;
    }

    public static Uri Url(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            return url!;
        result.AddError($"'{text}' is not a server's address; write it like {PlumblineOptions.DefaultUrls}");
        return new Uri(PlumblineOptions.DefaultUrls);
    }

    public static TimeSpan? Duration(ArgumentResult result)
    {
        if (DurationText.TryParse(result.Tokens[0].Value, out var duration))
            return duration;
        result.AddError($"'{result.Tokens[0].Value}' is not a duration like 30s, 10m, 1h or 7d");
        return null;
    }

    public static string DurationAsText(ArgumentResult result)
    {
        Duration(result);
        return result.Tokens[0].Value;
    }

    public static DateTimeOffset? Time(ArgumentResult result)
    {
        if (WrittenTime.TryParse(result.Tokens[0].Value, out var time))
            return time;
        result.AddError($"'{result.Tokens[0].Value}' is not a time like 2026-01-31 or 2026-01-31T12:00:00Z");
        return null;
    }

    public static char Delimiter(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text is "\\t" or "tab")
            return '\t';
        if (text.Length == 1 && text[0] is not ('"' or '\n' or '\r'))
            return text[0];
        result.AddError($"'{text}' is not one character (write \\t for a tab)");
        return ',';
    }

    public static System.Text.Encoding? Encoding(ArgumentResult result)
    {
        var name = result.Tokens[0].Value;
        // The encodings of Windows come with the runtime, but must be asked for.
        if (CodePagesEncodingProvider.Instance.GetEncoding(name) is { } ofWindows)
            return ofWindows;
        try
        {
            return System.Text.Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            result.AddError($"'{name}' is no known encoding; write utf-8, latin1, windows-1252, utf-16 or another IANA name");
            return null;
        }
    }

    public static TimeFormat? TimeFormat(ArgumentResult result)
    {
        if (Import.TimeFormat.TryRead(result.Tokens[0].Value, out var format))
            return format;
        result.AddError(
            $"'{result.Tokens[0].Value}' is not a format such as \"%d/%m/%Y %H:%M:%S\" (codes: %d %m %Y %y %H %I %p %M %S %f %b %B "
                + "%a %A %z)"
        );
        return null;
    }

    public static IReadOnlyDictionary<string, string> Pairs(string[]? written)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in written ?? [])
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || equals == pair.Length - 1)
                throw new CommandLineException(ExitCode.Usage, $"--probability '{pair}': write CLASS=COLUMN");
            pairs[pair[..equals]] = pair[(equals + 1)..];
        }

        return pairs;
    }

    internal static IEnumerable<string> Split(string list)
    {
        var name = new StringBuilder();
        for (var index = 0; index < list.Length; index++)
        {
            if (list[index] == '\\' && index + 1 < list.Length && list[index + 1] == ',')
            {
                name.Append(list[++index]);
            }
            else if (list[index] != ',')
            {
                name.Append(list[index]);
            }
            else
            {
                if (name.Length > 0)
                    yield return name.ToString();
                name.Clear();
            }
        }

        if (name.Length > 0)
            yield return name.ToString();
    }
}
