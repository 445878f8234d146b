using Plumbline.Monitoring.Explore;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages;

/// <summary>Values of a decision as a page writes them. Here numbers are exact to seven digits: a decision is evidence.</summary>
public static class DecisionWords
{
    public static string Write(object? value) =>
        value switch
        {
            null => "\u2013",
            bool flag => flag ? "true" : "false",
            double number => number.ToString("G7", System.Globalization.CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };

    /// <summary>A feature's value; one of the wrong type as the JSON that came.</summary>
    public static string Write(PredictionRow row, string feature) =>
        row.TypeErrors.TryGetValue(feature, out var raw) ? $"{raw} (wrong type)" : Write(row.Features.GetValueOrDefault(feature));

    /// <summary>"0.83" for a score, with percent for probabilities.</summary>
    public static string Share(object? value) => value is double number ? Figures.Format(number, "share") : Write(value);
}
