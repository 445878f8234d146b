namespace Plumbline.Bench.Worlds;

/// <summary>The worlds: quiet ones, in which nothing is wrong however much moves, and ones with planted trouble.</summary>
internal static class WorldCatalog
{
    public static IReadOnlyList<World> All { get; } = [.. QuietWorlds.All, .. TroubledWorlds.All];
}
