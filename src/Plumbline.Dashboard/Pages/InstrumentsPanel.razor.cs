using Microsoft.AspNetCore.Components;
using Plumbline.Registry.Telemetry;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages;

/// <summary>The work of the server's capabilities, as their instruments have it.</summary>
public sealed partial class InstrumentsPanel
{
    [Inject]
    private InstrumentReader Instruments { get; set; } = null!;

    private IReadOnlyList<InstrumentReading> Read() => [.. Instruments.Read().Where(reading => reading.IsWork)];

    private static string Milliseconds(double seconds) => Figures.Format(seconds * 1000, "ms");
}
