using FsCheck;
using FsCheck.Fluent;
using Plumbline.Registry.Scheduling;

namespace Plumbline.Server.Tests.Scheduling;

public sealed class BackoffTests
{
    private static readonly Gen<Backoff> Any =
        from first in Gen.Choose(1, int.MaxValue)
        from longest in Gen.Frequency(
            (5, Gen.Choose(1, int.MaxValue).Select(seconds => TimeSpan.FromSeconds(seconds))),
            (1, Gen.Constant(TimeSpan.MaxValue)),
            (1, Gen.Constant(TimeSpan.FromTicks(1)))
        )
        from spread in Gen.Choose(0, 100)
        select new Backoff(TimeSpan.FromTicks(first * 1_000L), longest) { Spread = spread / 100.0 };

    private static readonly Gen<int> Failures = Gen.Frequency(
        (5, Gen.Choose(0, 80)),
        (1, Gen.Choose(0, int.MaxValue)),
        (1, Gen.Constant(int.MaxValue))
    );

    private static readonly Gen<Backoff> Bounded = Any.Where(backoff => backoff.Longest < TimeSpan.MaxValue);

    [Fact]
    public void Pauses_begin_with_the_first_double_and_stop_at_the_longest()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(15));
        Assert.Equal([0, 2, 4, 8, 15, 15], Enumerable.Range(0, 6).Select(failures => backoff.After(failures).TotalSeconds));
        Assert.Equal(TimeSpan.Zero, backoff.After(-3));
        Assert.Equal(TimeSpan.FromSeconds(1), new Backoff(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1)).After(1));
    }

    [Fact]
    public void Another_failure_never_shortens_the_pause() =>
        Prop.ForAll(
                Any.Zip(Failures).ToArbitrary(),
                given =>
                {
                    var (backoff, failures) = given;
                    return backoff.After(failures) <= backoff.After(failures == int.MaxValue ? failures : failures + 1);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Whatever_the_number_of_failures_a_pause_is_between_the_first_and_the_longest() =>
        Prop.ForAll(
                Any.Zip(Failures).ToArbitrary(),
                given =>
                {
                    var (backoff, failures) = given;
                    var least =
                        failures == 0 ? TimeSpan.Zero
                        : backoff.First < backoff.Longest ? backoff.First
                        : backoff.Longest;
                    return backoff.After(failures) >= least && backoff.After(failures) <= backoff.Longest;
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_spread_takes_off_no_more_than_its_share_and_repeats_with_its_seed() =>
        Prop.ForAll(
                Bounded.Zip(Failures).Zip(Gen.Choose(0, int.MaxValue)).ToArbitrary(),
                given =>
                {
                    var ((backoff, failures), seed) = given;
                    var full = backoff.After(failures);
                    var spread = backoff.After(failures, new Random(seed).NextDouble());
                    var least = (full * (1 - backoff.Spread)) - TimeSpan.FromTicks(1);
                    return spread <= full && spread >= least && spread == backoff.After(failures, new Random(seed).NextDouble());
                }
            )
            .QuickCheckThrowOnFailure();
}
