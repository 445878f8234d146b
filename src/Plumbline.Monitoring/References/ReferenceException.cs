namespace Plumbline.Monitoring.References;

/// <summary>A reference cannot be used as it was sent; nothing was changed.</summary>
/// <param name="code">Stable, for programs.</param>
/// <param name="detail">For people: what, where, and what to do.</param>
/// <param name="status">HTTP status of the answer.</param>
internal sealed class ReferenceException(string code, string detail, int status = StatusCodes.Status400BadRequest) : Exception(detail)
{
    internal string Code { get; } = code;

    internal int Status { get; } = status;
}
