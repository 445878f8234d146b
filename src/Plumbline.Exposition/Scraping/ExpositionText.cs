using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Plumbline.Exposition.Scraping;

/// <summary>The two text formats that Prometheus reads.</summary>
internal enum ExpositionFormat
{
    /// <summary>Version 0.0.4 of its own text.</summary>
    Prometheus,

    /// <summary>OpenMetrics 1.0.</summary>
    OpenMetrics,
}

/// <summary>What a family of series is.</summary>
internal enum FamilyKind
{
    Gauge,
    Counter,
    Histogram,
    Info,
}

/// <summary>A family: what its series have in common.</summary>
/// <param name="Name">Without what the kind puts behind it (<c>_total</c>, <c>_info</c>).</param>
internal readonly record struct Family(string Name, FamilyKind Kind, string Unit, string Help);

/// <summary>
/// Writes one answer, a family at a time. Samples are written the same in both formats; what is said of a family differs.
/// </summary>
internal sealed class ExpositionText(IBufferWriter<byte> output, ExpositionFormat format)
{
    public const string PrometheusType = "text/plain; version=0.0.4; charset=utf-8";
    public const string OpenMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /// <summary>Begins a family; its samples follow, and no other's between them.</summary>
    public void Begin(Family family)
    {
        var isOpen = format == ExpositionFormat.OpenMetrics;
        // What OpenMetrics says of a counter leaves _total to the sample; before it the suffix was part of the name.
        var name = isOpen ? family.Name : family.Name + SuffixOf(family.Kind);
        var kind = family.Kind == FamilyKind.Info && !isOpen ? FamilyKind.Gauge : family.Kind;
        Write($"# TYPE {name} {NameOf(kind)}\n");
        if (isOpen && family.Unit.Length > 0)
            Write($"# UNIT {name} {family.Unit}\n");
        Write($"# HELP {name} {HelpOf(family.Help, isOpen)}\n");
    }

    /// <summary>A sample of a gauge, a counter or an info.</summary>
    public void Sample(Family family, ReadOnlySpan<(string Name, string Value)> labels, double value) =>
        Sample(output, family.Name + SuffixOf(family.Kind), labels, value);

    /// <summary>The samples of a histogram.</summary>
    /// <param name="family">The family.</param>
    /// <param name="labels">Labels of all samples.</param>
    /// <param name="bounds">Upper ends of the classes, ascending.</param>
    /// <param name="counts">How many are in each class; one more than there are ends.</param>
    /// <param name="sum">Of the values.</param>
    public void Histogram(
        Family family,
        IReadOnlyList<(string Name, string Value)> labels,
        IReadOnlyList<double> bounds,
        IReadOnlyList<long> counts,
        double sum
    )
    {
        long below = 0;
        for (var i = 0; i < counts.Count; i++)
        {
            below += counts[i];
            var end = i < bounds.Count ? bounds[i].ToString("0.0##", CultureInfo.InvariantCulture) : "+Inf";
            Sample(output, family.Name + "_bucket", [.. labels, ("le", end)], below);
        }

        Sample(output, family.Name + "_sum", [.. labels], sum);
        Sample(output, family.Name + "_count", [.. labels], below);
    }

    /// <summary>Ends the answer.</summary>
    public void End()
    {
        if (format == ExpositionFormat.OpenMetrics)
            Write("# EOF\n");
    }

    /// <summary>Writes one sample: <c>name{label="value"} 1</c>.</summary>
    public static void Sample(IBufferWriter<byte> output, string name, ReadOnlySpan<(string Name, string Value)> labels, double value)
    {
        const int LongestNumber = 32;
        // A character is three bytes at most, and two when it is escaped; with each label come four more.
        var most = name.Length + LongestNumber;
        foreach (var (label, text) in labels)
            most += label.Length + (3 * text.Length) + 4;
        var into = output.GetSpan(most);
        var at = Encoding.UTF8.GetBytes(name, into);
        var any = false;
        foreach (var (label, text) in labels)
        {
            // An empty label is no label.
            if (text.Length == 0)
                continue;
            into[at++] = any ? (byte)',' : (byte)'{';
            at += Encoding.UTF8.GetBytes(label, into[at..]);
            into[at++] = (byte)'=';
            into[at++] = (byte)'"';
            at += Encoding.UTF8.GetBytes(Escape(text), into[at..]);
            into[at++] = (byte)'"';
            any = true;
        }

        if (any)
            into[at++] = (byte)'}';
        into[at++] = (byte)' ';
        if (!Utf8Formatter.TryFormat(value, into[at..], out var written))
            throw new FormatException($"{value} was not written.");
        at += written;
        into[at++] = (byte)'\n';
        output.Advance(at);
    }

    private static string SuffixOf(FamilyKind kind) =>
        kind switch
        {
            FamilyKind.Counter => "_total",
            FamilyKind.Info => "_info",
            _ => "",
        };

    private static string NameOf(FamilyKind kind) =>
        kind switch
        {
            FamilyKind.Counter => "counter",
            FamilyKind.Histogram => "histogram",
            FamilyKind.Info => "info",
            _ => "gauge",
        };

    private static string HelpOf(string help, bool isOpen)
    {
        var text = help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return isOpen ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }

    private static string Escape(string text) =>
        text.AsSpan().IndexOfAny('\\', '"', '\n') < 0
            ? text
            : text.Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal);

    private void Write(string text) => Encoding.UTF8.GetBytes(text, output);
}
