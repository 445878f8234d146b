using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace Plumbline.Dashboard.Charts;

/// <summary>Drawn on the server as one small SVG: a thousand of them cost a table nothing.</summary>
public sealed partial class Sparkline
{
    private string _line = "";
    private string _area = "";
    private string _compared = "";
    private object? _inputs;

    [Parameter, EditorRequired]
    public IReadOnlyList<double> Values { get; set; } = [];

    /// <summary>What each of them is compared with, null where there is nothing; null when the page is compared with nothing.</summary>
    [Parameter]
    public IReadOnlyList<double?>? Compared { get; set; }

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    protected override void OnParametersSet()
    {
        var inputs = (Values, Compared);
        if (inputs.Equals(_inputs))
            return;
        _inputs = inputs;
        var top = Math.Max(Values.Concat((Compared ?? []).OfType<double>()).DefaultIfEmpty(0).Max(), double.Epsilon);
        _line = Path([.. Values], top);
        _area = _line.Length == 0 ? "" : $"{_line}L120 24L0 24Z";
        _compared = Path(Compared ?? [], top);
    }

    /// <summary>Strokes from value to value; where there is none the pen is lifted.</summary>
    private static string Path(IReadOnlyList<double?> values, double top)
    {
        if (values.Count < 2)
            return "";
        var text = new StringBuilder(values.Count * 10);
        var down = false;
        for (var at = 0; at < values.Count; at++)
        {
            if (values[at] is { } value)
            {
                var (x, y) = (at * 120.0 / (values.Count - 1), 23 - (value / top * 22));
                text.Append(CultureInfo.InvariantCulture, $"{(down ? 'L' : 'M')}{x:0.#} {y:0.#}");
            }

            down = values[at] is not null;
        }

        return text.ToString();
    }
}
