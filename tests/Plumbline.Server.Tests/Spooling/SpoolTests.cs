using System.Text;
using Plumbline.Events;
using Plumbline.Registry.Spooling;

namespace Plumbline.Server.Tests.Spooling;

public sealed class SpoolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("plumbline-spool-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_was_appended_comes_out_in_order_and_the_counters_add_up()
    {
        await using var spool = Open();
        await Append(spool, 1, "a", duplicates: 2, rejected: 3);
        await Append(spool, 2, "other");
        await Append(spool, 1, "b");
        Assert.Equal(new SpoolCounters(7, 2, 3, 0, 2), spool.Counters(1, EventKind.Prediction));
        var block = await spool.PlanBlockAsync(1, EventKind.Prediction, 1000, 1_000_000);
        Assert.Equal(["a", "b"], Texts(spool, block!));
        Assert.Equal((2L, 1, EventKind.Prediction), (block!.Rows, block.ModelId, block.Kind));
        Assert.Null(await spool.PlanBlockAsync(1, EventKind.Prediction, 1000, 1_000_000));
        await spool.CompleteBlockAsync(block);
        Assert.Equal(new SpoolCounters(7, 2, 3, 2, 0), spool.Counters(1, EventKind.Prediction));
        Assert.Empty(spool.OpenBlocks());
        var left = Assert.Single(spool.Backlogs());
        Assert.Equal((2, 1L, 5L), (left.ModelId, left.Rows, left.Bytes));
        Assert.Equal(5, spool.Bytes);
    }

    [Fact]
    public async Task A_block_ends_at_its_limits_and_has_at_least_one_batch()
    {
        await using var spool = Open();
        foreach (var text in (string[])["aaaa", "bb", "cc", "d"])
            await Append(spool, 1, text);
        Assert.Equal(["aaaa"], Texts(spool, (await spool.PlanBlockAsync(1, EventKind.Prediction, 10, 3))!));
        Assert.Equal(["bb", "cc"], Texts(spool, (await spool.PlanBlockAsync(1, EventKind.Prediction, 2, 100))!));
        Assert.Equal(["d"], Texts(spool, (await spool.PlanBlockAsync(1, EventKind.Prediction, 2, 100))!));
    }

    [Fact]
    public async Task A_full_spool_refuses_and_takes_again_after_a_block_has_left()
    {
        await using var spool = Open(maxBytes: 10);
        await Append(spool, 1, "123456");
        var entry = new SpoolEntry(1, EventKind.Prediction, Encoding.UTF8.GetBytes("12345"), 1, 1, 1);
        Assert.Equal(AppendOutcome.Full, await spool.AppendAsync(entry));
        Assert.Equal(new SpoolCounters(1, 0, 0, 0, 1), spool.Counters(1, EventKind.Prediction));
        await spool.CompleteBlockAsync((await spool.PlanBlockAsync(1, EventKind.Prediction, 10, 100))!);
        Assert.Equal(AppendOutcome.Durable, await spool.AppendAsync(entry));
    }

    [Fact]
    public async Task A_crash_keeps_what_was_acknowledged_and_the_same_blocks_with_the_same_tokens()
    {
        SpoolBlock planned;
        var crashed = Path.Combine(_folder, "crashed");
        Directory.CreateDirectory(crashed);
        await using (var spool = Open())
        {
            await Append(spool, 1, "done");
            await spool.CompleteBlockAsync((await spool.PlanBlockAsync(1, EventKind.Prediction, 10, 100))!);
            await Append(spool, 1, "a");
            await Append(spool, 2, "x");
            await Append(spool, 1, "b");
            planned = (await spool.PlanBlockAsync(1, EventKind.Prediction, 10, 100))!;
            await spool.FailBlockAsync(planned, "no engine");
            await Append(spool, 1, "c", duplicates: 1);

            // What a killed process leaves behind: the file and its log, never closed.
            foreach (var file in Directory.GetFiles(_folder))
                File.Copy(file, Path.Combine(crashed, Path.GetFileName(file)));
        }
        await using var after = Open(folder: crashed);
        var block = Assert.Single(after.OpenBlocks());
        Assert.Equal((planned.Number, planned.Token, "no engine"), (block.Number, block.Token, block.Failure));
        Assert.Equal(["a", "b"], Texts(after, block));
        Assert.Equal(new SpoolCounters(5, 1, 0, 1, 3), after.Counters(1, EventKind.Prediction));
        Assert.Equal(["c"], Texts(after, (await after.PlanBlockAsync(1, EventKind.Prediction, 10, 100))!));
        await after.CompleteBlockAsync(block);
        Assert.Equal(new SpoolCounters(5, 1, 0, 3, 1), after.Counters(1, EventKind.Prediction));
    }

    [Fact]
    public async Task Block_numbers_never_come_again_even_in_a_new_spool()
    {
        SpoolBlock first;
        await using (var spool = Open())
        {
            await Append(spool, 1, "a");
            first = (await spool.PlanBlockAsync(1, EventKind.Prediction, 10, 100))!;
            await spool.CompleteBlockAsync(first);
        }
        await using (var reopened = Open())
        {
            await Append(reopened, 1, "b");
            Assert.True((await reopened.PlanBlockAsync(1, EventKind.Prediction, 10, 100))!.Number > first.Number);
        }
        Directory.CreateDirectory(Path.Combine(_folder, "new"));
        await using var other = Open(folder: Path.Combine(_folder, "new"));
        await Append(other, 1, "c");
        Assert.NotEqual(first.Token, (await other.PlanBlockAsync(1, EventKind.Prediction, 10, 100))!.Token);
    }

    [Fact]
    public async Task Concurrent_appends_share_commits()
    {
        await using var spool = Open();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 2_000),
            new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = TestContext.Current.CancellationToken },
            async (i, _) => await Append(spool, i % 3, $"row {i}")
        );
        Assert.Equal(2_000, spool.AllCounters().Sum(c => c.Counters.InSpool));
        Assert.Equal(2_000, spool.Total.InSpool);
        Assert.True(spool.Commits < 1_000, $"{spool.Commits} commits for 2,000 appends");
    }

    [Fact]
    public async Task A_deleted_model_leaves_nothing()
    {
        await using var spool = Open();
        await Append(spool, 1, "a");
        var block = await spool.PlanBlockAsync(1, EventKind.Prediction, 10, 100);
        await Append(spool, 1, "b");
        await spool.DropModelAsync(1);
        await spool.CompleteBlockAsync(block!);
        Assert.Equal((0L, 0, 0, 0), (spool.Bytes, spool.Backlogs().Count, spool.OpenBlocks().Count, spool.AllCounters().Count));
        Assert.Equal(default, spool.Total);
    }

    [Fact]
    public async Task A_closed_spool_says_so()
    {
        var spool = Open();
        await spool.DisposeAsync();
        await Assert.ThrowsAsync<SpoolException>(() => Append(spool, 1, "late"));
    }

    private Spool Open(long maxBytes = 1_000_000, string? folder = null) =>
        Spool.Open(new SpoolOptions { Path = Path.Combine(folder ?? _folder, "spool.db"), MaxBytes = maxBytes }, TimeProvider.System);

    private static async Task Append(Spool spool, int model, string text, int duplicates = 0, int rejected = 0) =>
        Assert.Equal(
            AppendOutcome.Durable,
            await spool.AppendAsync(new SpoolEntry(model, EventKind.Prediction, Encoding.UTF8.GetBytes(text), 1, duplicates, rejected))
        );

    private static List<string> Texts(Spool spool, SpoolBlock block)
    {
        using var payloads = spool.Read(block);
        return [.. Enumerable.Range(0, payloads.Count).Select(i => Encoding.UTF8.GetString(payloads[i].Span))];
    }
}
