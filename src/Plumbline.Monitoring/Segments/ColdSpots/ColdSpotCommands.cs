using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;

namespace Plumbline.Monitoring.Segments.ColdSpots;

/// <summary>What is done with searches for cold spots.</summary>
public static class ColdSpotCommands
{
    /// <summary>Starts a search.</summary>
    public static Command Search { get; } = new("cold_spots.search", ApiRole.Operate);

    /// <summary>Stops a search.</summary>
    public static Command Cancel { get; } = new("cold_spots.cancel", ApiRole.Operate);

    /// <summary>Tells the rows of a finding apart from now on.</summary>
    public static Command Watch { get; } = new("cold_spots.watch", ApiRole.Operate);
}
