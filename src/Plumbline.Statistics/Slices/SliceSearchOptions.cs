namespace Plumbline.Statistics.Slices;

/// <summary>What the search looks for and how far it goes.</summary>
public sealed record SliceSearchOptions
{
    /// <summary>Most conditions of a slice, 1 .. 3.</summary>
    public int MaximumPredicates { get; init; } = 3;

    /// <summary>Least share of the rows that a slice has, inside (0, 0.5].</summary>
    public double MinimumShare { get; init; } = 0.01;

    /// <summary>Least number of rows that a slice has, at least 10.</summary>
    public int MinimumRows { get; init; } = 50;

    /// <summary>Largest share of the rows: what holds for most rows is no slice. Inside (0, 1).</summary>
    public double MaximumShare { get; init; } = 0.5;

    /// <summary>Most findings, 1 .. 64. Every further one costs one more pass over the rows.</summary>
    public int MaximumFindings { get; init; } = 10;

    /// <summary>Pairs of conditions that are tried with every third one; 3,000 cover all pairs of up to 55 features. At least 1.</summary>
    public int BeamWidth { get; init; } = 3000;

    /// <summary>Chance that anything is reported where there is nothing, inside (0, 1).</summary>
    public double Level { get; init; } = 0.05;

    /// <summary>Seed of the split in two halves.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Processors to use, at least 1; the result does not depend on it.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumPredicates, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaximumPredicates, 3);
        Require.OpenUnit(MinimumShare);
        Require.OpenUnit(MaximumShare);
        if (MinimumShare > MaximumShare)
        {
            throw new ArgumentOutOfRangeException(
                nameof(MinimumShare),
                MinimumShare,
                $"Must not be above the largest share, {MaximumShare}."
            );
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(MinimumRows, 10);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumFindings, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaximumFindings, 64);
        ArgumentOutOfRangeException.ThrowIfLessThan(BeamWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Parallelism, 1);
        Require.OpenUnit(Level);
    }
}
