namespace Plumbline.Server.Tests.Robustness;

/// <summary>Tests that measure, or look at what all share: after those that share it, which would else be in their way.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "Alone";
}
