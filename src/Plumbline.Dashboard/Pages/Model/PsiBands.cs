using Plumbline.Dashboard.Charts;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>
/// The customary bands of the population stability index. Folklore of credit scoring, which everybody knows: drawn to compare with, and
/// nothing is judged by them. Whether a drift matters, the rules say; how much of it is chance, <see cref="DriftNoise"/>.
/// </summary>
public static class PsiBands
{
    /// <summary>From here on people speak of a moderate change.</summary>
    public const double Moderate = 0.1;

    /// <summary>From here on of a large one.</summary>
    public const double Large = 0.25;

    /// <summary>Beyond it a heat map's colour says no more.</summary>
    public const double ScaleEnd = 2 * Large;

    /// <summary>Both as lines of a chart.</summary>
    public static IReadOnlyList<ChartThreshold> Lines { get; } = [new(Moderate, "PSI 0.1"), new(Large, "PSI 0.25")];
}
