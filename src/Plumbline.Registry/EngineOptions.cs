namespace Plumbline.Registry;

/// <summary>Limits of the embedded engine.</summary>
public sealed record EngineOptions
{
    /// <summary>Least memory of the engine by default, in MiB: it takes 250 to 450 of it without doing anything.</summary>
    public const int LeastDefaultMiB = 768;

    /// <summary>
    /// Most memory of the engine by default, in MiB. A larger machine is likely to have other work to do; who wants more says so.
    /// </summary>
    public const int MostDefaultMiB = 16_384;

    private const double DefaultShare = 0.6;

    /// <summary>
    /// Memory the engine may use, in MiB. Range 256..1,048,576, default three fifths of what the machine or the container has
    /// (<see cref="DefaultMemoryMiB"/>). A statement that needs more fails alone and is counted; the process goes on.
    /// </summary>
    public int MemoryMiB { get; init; } = DefaultMemoryMiB(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>
    /// Statements that may run at once, one thread and one connection each. Range 1..64, default 4. More only helps with more cores.
    /// </summary>
    public int Connections { get; init; } = 4;

    /// <summary>
    /// Three fifths of the memory that there is, in MiB, between <see cref="LeastDefaultMiB"/> and <see cref="MostDefaultMiB"/>.
    /// </summary>
    /// <param name="availableBytes">Memory that this process may have: the machine's, or of a container with a limit the three quarters
    /// that .NET takes as its own limit.</param>
    public static int DefaultMemoryMiB(long availableBytes) =>
        (int)Math.Clamp(DefaultShare * availableBytes / (1 << 20), LeastDefaultMiB, MostDefaultMiB);

    public void Validate(List<string> errors)
    {
        if (MemoryMiB is < 256 or > 1_048_576)
            errors.Add($"engine.memory_mib: {MemoryMiB} is outside 256..1048576.");
        if (Connections is < 1 or > 64)
            errors.Add($"engine.connections: {Connections} is outside 1..64.");
    }
}
