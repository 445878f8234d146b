using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Metrics;

/// <summary>Rows that several calculators read of the same windows: the store is asked for them once.</summary>
public interface IWindowRows
{
    /// <summary>
    /// Lets what is read of these windows from now on serve all who ask for it, until it is disposed. In memory meanwhile: some hundred
    /// bytes for each group of alike rows.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="windows">Consecutive windows of one length, at least one.</param>
    IDisposable Keep(ModelDefinition model, IReadOnlyList<MetricWindow> windows);
}
