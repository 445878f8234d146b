namespace Plumbline.Monitoring.References;

/// <summary>The baseline of a model: its bins and its own counts in them. The reference's rows are in the engine.</summary>
public sealed class BaselineRow
{
    public int ModelId { get; set; }

    public int Generation { get; set; }

    /// <summary>The JSON of the Baseline.</summary>
    public required string Content { get; set; }

    /// <summary>
    /// False until every window of the model is on the list to be computed on these bins; a start finishes what a crash interrupted.
    /// </summary>
    public bool WindowsMarked { get; set; }
}
