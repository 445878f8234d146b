using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Plumbline.Dashboard.Charts;

/// <summary>Drawn on the server as one small SVG: a thousand of them cost a table nothing.</summary>
public sealed partial class Sparkline
{
    private string _line = "";
    private string _area = "";
    private IReadOnlyList<double>? _inputs;

    [Parameter, EditorRequired]
    public IReadOnlyList<double> Values { get; set; } = [];

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_inputs, Values))
            return;
        _inputs = Values;
        if (Values.Count < 2)
        {
            (_line, _area) = ("", "");
            return;
        }
        var top = Math.Max(Values.Max(), double.Epsilon);
        var text = new System.Text.StringBuilder(Values.Count * 10);
        for (var at = 0; at < Values.Count; at++)
        {
            var (x, y) = (at * 120.0 / (Values.Count - 1), 23 - (Values[at] / top * 22));
            text.Append(CultureInfo.InvariantCulture, $"{(at == 0 ? 'M' : 'L')}{x:0.#} {y:0.#}");
        }
        _line = text.ToString();
        _area = $"{_line}L120 24L0 24Z";
    }
}
