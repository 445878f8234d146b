using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Plumbline.Registry.Text;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli.Gate;

/// <summary>What the rules of a gate say together: for the terminal, for a pipeline (JUnit) and for people (Markdown).</summary>
internal sealed class GateReport(GateSettings settings, IReadOnlyList<RuleVerdict> verdicts, DateTimeOffset at)
{
    /// <summary>A rule that fires decides; after that one that can judge nothing, unless that may pass.</summary>
    public ExitCode ExitCode =>
        Count(GateVerdict.Fires) > 0 ? ExitCode.Failure
        : Count(GateVerdict.Missing) > 0 && settings.Missing == MissingNumbers.Fail ? ExitCode.NotEnoughData
        : ExitCode.Ok;

    private string Subject => settings.Version is { } version ? $"{settings.Model}, version {version}" : settings.Model;

    private string Summary =>
        Text($"{Subject}, {settings.From:yyyy-MM-dd HH:mm} to {settings.To:yyyy-MM-dd HH:mm} UTC: ")
        + Text($"{Count(GateVerdict.Holds)} hold, {Count(GateVerdict.Fires)} fire, {Count(GateVerdict.Missing)} cannot judge");

    /// <summary>A line a rule, with what fires below it.</summary>
    public string Table()
    {
        var (text, width) = (new StringBuilder(), verdicts.Max(verdict => verdict.Rule.Name.Length));
        foreach (var verdict in verdicts)
        {
            var word = Word(verdict.Verdict).ToUpperInvariant().PadRight(12);
            text.AppendLine(Text($"{word}  {verdict.Rule.Name.PadRight(width)}  {verdict.Condition} ({verdict.Judged})"));
            foreach (var line in Details(verdict))
                text.Append(' ', 14).AppendLine(line);
        }

        return text.AppendLine(Summary).ToString();
    }

    /// <summary>
    /// JUnit XML: one test case a rule. A rule that fires is a failure; one that can judge nothing is an error, or skipped where that may
    /// pass.
    /// </summary>
    public string Junit()
    {
        var mayMiss = settings.Missing == MissingNumbers.Pass;
        var missing = Count(GateVerdict.Missing);
        var seconds = verdicts.Sum(verdict => verdict.Took.TotalSeconds);
        var suite = new XElement(
            "testsuite",
            new XAttribute("name", Valid($"plumbline gate {Subject}")),
            new XAttribute("tests", verdicts.Count),
            new XAttribute("failures", Count(GateVerdict.Fires)),
            new XAttribute("errors", mayMiss ? 0 : missing),
            new XAttribute("skipped", mayMiss ? missing : 0),
            new XAttribute("time", Text($"{seconds:0.000}")),
            new XAttribute("timestamp", Text($"{at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss}")),
            verdicts.Select(verdict => Case(verdict, mayMiss))
        );
        using var text = new Utf8Text();
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { Indent = true }))
            new XElement("testsuites", suite).Save(writer);
        return text.ToString();
    }

    /// <summary>A heading and a table, as a comment on a change or a summary of a job shows it.</summary>
    public string Markdown()
    {
        var text = new StringBuilder();
        text.AppendLine(Text($"### {Cell(Summary)}")).AppendLine();
        text.AppendLine("| | rule | condition | judged | what |").AppendLine("|---|---|---|---|---|");
        foreach (var verdict in verdicts)
        {
            var details = string.Join("<br>", Details(verdict).Select(Cell));
            text.AppendLine(
                Text($"| {Word(verdict.Verdict)} | {verdict.Rule.Name} | {Cell(verdict.Condition)} | {verdict.Judged} | {details} |")
            );
        }

        return text.ToString();
    }

    private XElement Case(RuleVerdict verdict, bool mayMiss)
    {
        var element = new XElement(
            "testcase",
            new XAttribute("classname", Valid($"plumbline.{settings.Model}")),
            new XAttribute("name", verdict.Rule.Name),
            new XAttribute("time", Text($"{verdict.Took.TotalSeconds:0.000}"))
        );
        var details = Valid(string.Join('\n', Details(verdict).Prepend($"{verdict.Condition} ({verdict.Judged})")));
        if (verdict.Verdict == GateVerdict.Fires)
            element.Add(Outcome("failure", details, $"{verdict.Rule.Name} fires: {verdict.Firings().First()}"));
        else if (verdict.Verdict == GateVerdict.Missing)
            element.Add(Outcome(mayMiss ? "skipped" : "error", details, $"{verdict.Rule.Name} cannot judge: {verdict.WhyMissing}"));
        return element;
    }

    private static XElement Outcome(string kind, string details, string message) =>
        kind == "skipped"
            ? new XElement(kind, new XAttribute("message", Valid(message)))
            : new XElement(kind, new XAttribute("message", Valid(message)), new XAttribute("type", "plumbline.rule"), details);

    private static IEnumerable<string> Details(RuleVerdict verdict) =>
        verdict.Verdict switch
        {
            GateVerdict.Fires => verdict.Firings(),
            GateVerdict.Missing => [verdict.WhyMissing],
            _ => [],
        };

    private int Count(GateVerdict wanted) => verdicts.Count(verdict => verdict.Verdict == wanted);

    private static string Word(GateVerdict verdict) =>
        verdict switch
        {
            GateVerdict.Holds => "holds",
            GateVerdict.Fires => "fires",
            _ => "cannot judge",
        };

    // Names of features and segments are of the world: what no XML may hold is left out.
    private static string Valid(string text) => string.Concat(text.EnumerateRunes().Where(IsXml));

    private static bool IsXml(Rune rune) => rune.IsBmp ? XmlConvert.IsXmlChar((char)rune.Value) : Rune.IsValid(rune.Value);

    private static string Cell(string text) =>
        text.ReplaceLineEndings(" ")
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("|", "\\|", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A text whose XML declaration says what the file is written in.</summary>
    private sealed class Utf8Text() : StringWriter(CultureInfo.InvariantCulture)
    {
        public override Encoding Encoding => Encoding.UTF8;
    }
}
