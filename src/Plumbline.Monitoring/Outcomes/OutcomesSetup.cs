using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Outcomes.Costs;
using Plumbline.Monitoring.Outcomes.Maturity;
using Plumbline.Monitoring.Outcomes.Signals;
using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;

namespace Plumbline.Monitoring.Outcomes;

/// <summary>Layer 4 beyond performance: business signals and what decisions cost.</summary>
public static class OutcomesSetup
{
    public static void MapOutcomes(this IEndpointRouteBuilder routes)
    {
        routes.MapSignals();
        routes.MapMaturity();
        routes.MapThresholds();
    }

    public static IServiceCollection AddOutcomes(this IServiceCollection services) =>
        services
            .AddSingleton<SignalGroups>()
            .AddSingleton<SignalReport>()
            .AddSingleton<IEventCalculator, SignalCalculator>()
            .AddSingleton<ThresholdAdvisor>()
            .AddSingleton<FleetCosts>()
            .AddSingleton<IEventCalculator, CostCalculator>()
            .AddSingleton<LabelMaturityReader>()
            .AddMemoryOwner<LabelMaturityReader>(
                "label_maturity",
                "how long ground truth takes",
                (maturity, model) => maturity.Forget(model.Id)
            );
}
