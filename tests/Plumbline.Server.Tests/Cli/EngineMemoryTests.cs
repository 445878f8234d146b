using Plumbline.Registry;

namespace Plumbline.Server.Tests.Cli;

/// <summary>What the engine may take when nobody says it.</summary>
public sealed class EngineMemoryTests
{
    [Theory]
    [InlineData(512L << 20, 768)]
    [InlineData(1L << 30, 768)]
    [InlineData(4L << 30, 2_457)]
    [InlineData(16L << 30, 9_830)]
    [InlineData(1L << 40, 16_384)]
    public void The_engine_gets_three_fifths_of_the_memory_within_bounds(long available, int expected) =>
        Assert.Equal(expected, EngineOptions.DefaultMemoryMiB(available));

    [Fact]
    public void The_default_is_of_this_machine()
    {
        var options = new EngineOptions();
        Assert.Equal(EngineOptions.DefaultMemoryMiB(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes), options.MemoryMiB);
        Assert.InRange(options.MemoryMiB, EngineOptions.LeastDefaultMiB, EngineOptions.MostDefaultMiB);
    }
}
