using Plumbline.Registry.Access;

namespace Plumbline.Server.Tests.Access;

/// <summary>Requests a second of each caller, on a clock that the test moves.</summary>
public sealed class RequestAllowancesTests
{
    private readonly HandClock _clock = new();

    [Fact]
    public void A_seconds_worth_may_come_at_once_and_comes_back_as_time_passes()
    {
        var allowances = new RequestAllowances(_clock);
        for (var i = 0; i < 10; i++)
            Assert.Null(allowances.Take("a", 10));
        Assert.Equal(TimeSpan.FromMilliseconds(100), allowances.Take("a", 10));
        Assert.Null(allowances.Take("b", 10));
        _clock.Passed += TimeSpan.FromMilliseconds(250);
        Assert.Null(allowances.Take("a", 10));
        Assert.Null(allowances.Take("a", 10));
        Assert.Equal(TimeSpan.FromMilliseconds(50), allowances.Take("a", 10));
        // No more than a second's worth is saved up.
        _clock.Passed += TimeSpan.FromHours(1);
        for (var i = 0; i < 10; i++)
            Assert.Null(allowances.Take("a", 10));
        Assert.NotNull(allowances.Take("a", 10));
    }

    [Fact]
    public void Many_addresses_are_not_remembered_for_ever()
    {
        var allowances = new RequestAllowances(_clock);
        for (var i = 0; i < 100_000; i++)
        {
            Assert.Null(allowances.Take($"address {i}", 20_000));
            _clock.Passed += TimeSpan.FromMilliseconds(1);
        }

        Assert.InRange(allowances.Remembered, 1, 20_001);
    }

    private sealed class HandClock : TimeProvider
    {
        public TimeSpan Passed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Passed.Ticks;
    }
}
