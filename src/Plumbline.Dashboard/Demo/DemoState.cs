using Plumbline.Registry;

namespace Plumbline.Dashboard.Demo;

/// <summary>
/// Whether this server shows generated data, and which scenario it tells: pages say so and may mark the chapters. Also true when a folder
/// that a demonstration made is served later without one.
/// </summary>
public sealed class DemoState(InstanceOptions instance)
{
    private DemoScenario? _scenario = DemoScenario.Read(instance.DataDirectory);

    /// <summary>True from the start of a demonstration on, and for its data ever after.</summary>
    public bool IsDemo => instance.IsDemo || Scenario is not null;

    /// <summary>Null without a demonstration, and in the first seconds of one.</summary>
    public DemoScenario? Scenario => Volatile.Read(ref _scenario);

    /// <summary>Replaces the scenario.</summary>
    public void Tell(DemoScenario scenario) => Volatile.Write(ref _scenario, scenario);
}

/// <summary>The demonstration's part of the server.</summary>
public static class DemoSetup
{
    public static IServiceCollection AddDemo(this IServiceCollection services) => services.AddSingleton<DemoState>();
}
