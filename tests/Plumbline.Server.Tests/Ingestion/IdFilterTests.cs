using Plumbline.Events.Batches;
using Plumbline.Ingestion.Duplicates;

namespace Plumbline.Server.Tests.Ingestion;

public class IdFilterTests
{
    [Fact]
    public void What_was_added_is_found_and_little_else_in_few_bytes()
    {
        var random = new Random(7);
        var filter = new IdFilter();
        var added = new ulong[500_000];
        for (var i = 0; i < added.Length; i++)
        {
            added[i] = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            filter.Add(added[i]);
        }
        Assert.All(added, hash => Assert.True(filter.MayContain(hash)));
        var wrong = Enumerable.Range(0, 1_000_000).Count(_ => filter.MayContain((ulong)random.NextInt64(long.MinValue, long.MaxValue)));
        Assert.InRange(wrong, 0, 5);
        Assert.InRange(filter.Bytes / (double)added.Length, 4, 20);
    }

    [Fact]
    public void Beyond_its_memory_everything_is_to_be_asked_for_and_nothing_is_forgotten()
    {
        var known = new KnownIds(new FilterBudget(100_000));
        var claim = new Claim();
        var keys = Enumerable.Range(0, 50_000).Select(i => IdHash.Of(BitConverter.GetBytes(i))).ToArray();
        Assert.Empty(known.ClaimRows(keys, claim).Ask);
        known.Remember(keys, claim, pending: false);
        claim.End(durable: true);
        known.Settle(keys);
        Assert.True(known.Overflowed);
        Assert.Equal(keys.Length, known.ClaimRows(keys, new Claim()).Ask.Count);
    }

    [Fact]
    public async Task A_second_request_waits_for_the_first_and_learns_how_it_ended()
    {
        var known = new KnownIds(new FilterBudget(1_000_000));
        IdHash[] keys = [IdHash.Of("a"u8), IdHash.Of("b"u8)];
        var first = new Claim();
        Assert.Empty(known.ClaimRows(keys, first).WaitFor);
        var waiting = known.ClaimRows(keys, new Claim()).WaitFor;
        Assert.Equal([(0, first), (1, first)], waiting);
        known.Release(keys, first);
        first.End(durable: false);
        Assert.False(await waiting[0].Other.Ended);
        var third = known.ClaimRows([keys[0], keys[0]], new Claim());
        Assert.Equal([false, true], third.IsDuplicate);
        Assert.Equal((0, 0), (third.Ask.Count, third.WaitFor.Count));
    }
}
