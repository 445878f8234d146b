namespace Plumbline.Server.Tests.Retraining;

/// <summary>What the pages say before anything of them is alive.</summary>
public sealed class RetrainingPageTests(TestHost host)
{
    [Fact]
    public async Task The_tab_the_run_and_the_targets_are_pages_of_their_own()
    {
        await using var world = await RetrainingWorld.CreateAsync(host);
        var run = await world.RunAsync(await world.TargetAsync(new { kind = "webhook", url = world.Sink.Url }), "by the page");
        await world.UntilAsync(run, "queued");
        foreach (
            var (path, said) in new[]
            {
                ($"/models/{world.Model}/retraining", "Triggers"),
                ($"/models/{world.Model}/retraining?new=1", "New trigger"),
                ($"/models/{world.Model}/retraining?ask=1", "Run by hand"),
                ($"/models/{world.Model}/retraining?run={run}", "<h2"),
                ("/settings/retraining-targets", "Retraining targets"),
                ("/settings/retraining-targets?new=http", "A new target"),
            }
        )
        {
            using var page = await host.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            var text = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(page.IsSuccessStatusCode, $"{path}: {text}");
            Assert.Contains(said, text, StringComparison.Ordinal);
        }
    }
}
