using System.Net;
using Plumbline.Registry.Access;
using Plumbline.Server.Tests.Alerting.Delivery;

namespace Plumbline.Server.Tests.Access;

public sealed class LockOutTests
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly AccessCounters _counters = new();

    [Fact]
    public void Each_further_wrong_key_of_an_address_doubles_the_pause_up_to_a_quarter_of_an_hour()
    {
        var lockOut = new LockOut(_time, _counters);
        var pauses = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            pauses.Add(lockOut.Wrong(Here, $"guess {i}").TotalSeconds);
            _time.Advance(TimeSpan.FromSeconds(pauses[^1]));
            Assert.Null(lockOut.PauseOf(Here, "the right one"));
        }

        Assert.Equal([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900, 900], pauses);
        lockOut.Wrong(Here, "another");
        Assert.Equal(TimeSpan.FromMinutes(15), lockOut.PauseOf(Here, "the right one"));
        Assert.Null(lockOut.PauseOf(IPAddress.Parse("192.0.2.2"), "the right one"));
        Assert.Equal(1, _counters.Snapshot.LockedOut);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.Zero, lockOut.Wrong(Here, "much later"));
    }

    [Fact]
    public void A_client_that_repeats_one_wrong_key_locks_out_itself_and_no_neighbour()
    {
        var lockOut = new LockOut(_time, _counters);
        for (var i = 0; i < 8; i++)
            lockOut.Wrong(Here, "forgotten");
        Assert.Equal(TimeSpan.FromSeconds(8), lockOut.PauseOf(Here, "forgotten"));
        Assert.Equal(TimeSpan.FromSeconds(8), lockOut.PauseOf(IPAddress.Parse("192.0.2.2"), "forgotten"));
        Assert.Null(lockOut.PauseOf(Here, "the right one"));
    }

    [Fact]
    public void A_network_of_IPv6_is_one_address_and_a_flood_of_addresses_is_forgotten_oldest_first()
    {
        var lockOut = new LockOut(_time, _counters);
        for (var i = 0; i < 6; i++)
            lockOut.Wrong(IPAddress.Parse($"2001:db8::{i + 1}"), $"guess {i}");
        Assert.NotNull(lockOut.PauseOf(IPAddress.Parse("2001:db8::ffff"), "the right one"));
        for (var i = 0; i < 3 * LockOut.MaxRemembered; i++)
            lockOut.Wrong(new IPAddress(i + 0x0100_0000L), $"other {i}");
        Assert.Null(lockOut.PauseOf(IPAddress.Parse("2001:db8::ffff"), "the right one"));
    }
}
