using System.CommandLine.Parsing;
using Plumbline.Registry.Text;

namespace Plumbline.Server.Cli.Import;

/// <summary>A time on the command line: written out, <c>now</c>, or a duration before now with a minus sign (<c>-1h</c>).</summary>
internal static class RelativeTime
{
    public static DateTimeOffset Read(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var now = TimeProvider.System.GetUtcNow();
        if (text == "now")
            return now;
        if (text.StartsWith('-') && DurationText.TryParse(text[1..], out var before))
            return now - before;
        if (WrittenTime.TryParse(text, out var time))
            return time;
        result.AddError($"'{text}' is not a time like 2026-01-31T12:00:00Z, now, or a duration before now like -1h");
        return default;
    }
}
