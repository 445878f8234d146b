namespace Plumbline.Server.Tests.Robustness;

/// <summary>Tests that load the whole machine: after those that share it, which would else wait too long for their turn.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "Alone";
}
