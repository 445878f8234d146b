namespace Plumbline.Monitoring.Metrics;

/// <summary>
/// SQL about the versions that a stored row of metric points holds for: its own, and the one that made all predictions of its window (see
/// <see cref="VersionScopes"/>).
/// </summary>
public static class PointVersions
{
    /// <summary>
    /// Select expression that gives a row once for each version that it holds for. Two rows may hold for one version: the newer counts.
    /// </summary>
    public const string Each = "arrayJoin(if(also_version = '', [toString(version)], [toString(version), toString(also_version)]))";

    /// <summary>Condition that a row holds for the version in the parameter <c>version</c>.</summary>
    /// <param name="version">The same version: empty for all, which only rows of their own hold for.</param>
    public static string Are(string version) =>
        version.Length == 0 ? "version = {version:String}" : "(version = {version:String} OR also_version = {version:String})";
}
