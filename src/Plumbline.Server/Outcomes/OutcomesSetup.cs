using Plumbline.Server.Metrics;
using Plumbline.Server.Outcomes.Costs;
using Plumbline.Server.Outcomes.Maturity;
using Plumbline.Server.Outcomes.Signals;

namespace Plumbline.Server.Outcomes;

/// <summary>Layer 4 beyond performance: business signals and what decisions cost.</summary>
public static class OutcomesSetup
{
    public static void MapOutcomes(this IEndpointRouteBuilder routes)
    {
        routes.MapSignals();
        routes.MapMaturity();
        routes.MapThresholds();
    }

    public static IServiceCollection AddOutcomes(this IServiceCollection services) => services
        .AddSingleton<SignalGroups>().AddSingleton<SignalReport>().AddSingleton<IEventCalculator, SignalCalculator>()
        .AddSingleton<ThresholdAdvisor>().AddSingleton<FleetCosts>().AddSingleton<IEventCalculator, CostCalculator>()
        .AddSingleton<LabelMaturityReader>();
}
