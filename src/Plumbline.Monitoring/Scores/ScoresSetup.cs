using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;

namespace Plumbline.Monitoring.Scores;

/// <summary>Scores of single predictions.</summary>
public static class ScoresSetup
{
    public static IServiceCollection AddScores(this IServiceCollection services)
    {
        services.AddSingleton<TextMeasures>().AddSingleton<ScoreFitting>().AddSingleton<PredictionScores>().AddSingleton<ScoreReader>();
        services.AddMemoryOwner<ScoreFitting>(
            "score_fits",
            "what scores of single predictions learned of the reference",
            (fitting, model) => fitting.Remove(model)
        );
        return services;
    }
}
