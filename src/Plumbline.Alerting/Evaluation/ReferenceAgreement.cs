using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Normals;

namespace Plumbline.Alerting.Evaluation;

/// <summary>
/// Whether production is as the reference was. A reference is often the training set, on which a model is better than it ever is again:
/// what is normal in production must then be learned there.
/// </summary>
internal static class ReferenceAgreement
{
    /// <summary>A difference of so much of the effect that matters is none; one of all of it is one, however few rows say so.</summary>
    private const double PartOfFloor = 0.25;

    /// <summary>Standard errors beyond which a difference is no chance, at 1 %.</summary>
    private const double Chance = 2.576;

    /// <summary>True when the windows that were learned do not differ from the reference's rows as a whole.</summary>
    /// <param name="shown">What the reference shows of the stream.</param>
    /// <param name="learned">At least one window.</param>
    /// <param name="floor">The effect that matters.</param>
    public static bool Agrees(this ReferenceNormal shown, IReadOnlyList<LearnedWindow> learned, EffectFloor floor)
    {
        if (shown.Whole is not { Value: { } expected } whole)
            return false;
        double rows = learned.Sum(window => window.N);
        if (rows <= 0)
            return false;
        var mean = learned.Sum(window => window.N * window.Value) / rows;
        var difference = Math.Abs(mean - expected);
        if (difference <= PartOfFloor * floor.Of(expected))
            return true;
        if (difference >= floor.Of(expected))
            return false;
        // Of the windows' own spread: it has their sampling error and what varies between them.
        var spread = learned.Sum(window => window.N / rows * (window.Value - mean) * (window.Value - mean));
        var error = LearnedWindow.Of(whole).StandardError;
        return difference <= Chance * Math.Sqrt((spread / learned.Count) + (error * error));
    }
}
