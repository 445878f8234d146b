using Plumbline.Registry;

namespace Plumbline.Dashboard.Demo;

/// <summary>
/// Whether this server shows generated data, and which story it tells: pages say so and may mark the chapters. Also true when a folder that
/// a demonstration made is served later without one.
/// </summary>
public sealed class DemoState(InstanceOptions instance)
{
    private DemoStory? _story = DemoStory.Read(instance.DataDirectory);

    /// <summary>True from the start of a demonstration on, and for its data ever after.</summary>
    public bool IsDemo => instance.IsDemo || Story is not null;

    /// <summary>Null without a demonstration, and in the first seconds of one.</summary>
    public DemoStory? Story => Volatile.Read(ref _story);

    /// <summary>Replaces the story.</summary>
    public void Tell(DemoStory story) => Volatile.Write(ref _story, story);
}

/// <summary>The demonstration's part of the server.</summary>
public static class DemoSetup
{
    public static IServiceCollection AddDemo(this IServiceCollection services) => services.AddSingleton<DemoState>();
}
