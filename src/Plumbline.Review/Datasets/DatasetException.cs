namespace Plumbline.Review.Datasets;

/// <summary>A version of a data set cannot be made.</summary>
/// <param name="code">Stable, for programs.</param>
/// <param name="message">What is in the way, and what to do, in words.</param>
public sealed class DatasetException(string code, string message) : Exception(message)
{
    /// <summary>Stable, for programs: <c>no_rows</c>, <c>unknown_dataset</c>, <c>too_many_versions</c> ...</summary>
    public string Code { get; } = code;
}
