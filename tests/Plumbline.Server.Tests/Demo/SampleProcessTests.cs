using System.Diagnostics;
using Plumbline.Server.Cli.Shell;
using Plumbline.Server.Demo;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.Demo;

public class SampleProcessTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void A_missing_sample_is_named_with_what_to_do()
    {
        var wrong = Assert.Throws<CommandLineException>(() => SampleLocation.Find(Path.GetTempPath()));
        Assert.Contains(SampleLocation.AssemblyName, wrong.Message, StringComparison.Ordinal);
        Assert.Contains("dotnet build", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sample_of_the_build_starts_describes_itself_and_goes_with_its_owner()
    {
        int id;
        await using (
            var process = SampleProcess.Start(
                SampleLocation.Find(BuiltServer.Folder),
                ["--urls", "http://127.0.0.1:0", "--days", "2", "--anchor", "2026-03-20T09:00:00Z"],
                _ => { }
            )
        )
        {
            using var http = new HttpClient(new SocketsHttpHandler())
            {
                BaseAddress = await process.ListeningAsync(TimeProvider.System, Ct),
            };
            var description = await new SampleClient(http).DescribeAsync(Ct);
            Assert.Equal((2, new DateTimeOffset(2026, 3, 20, 9, 0, 0, TimeSpan.Zero)), (description.Days, description.Anchor));
            Assert.Equal(
                ["handling-time", "refund-risk", "ticket-router"],
                description.Models.Select(model => model.Name).Order(StringComparer.Ordinal)
            );
            Assert.Equal(["v1", "v2", "v3"], description.Versions.Select(version => version.Version));
            Assert.Equal(7, description.Chapters.Count);
            id = process.Id;
        }

        Assert.Throws<ArgumentException>(() => Process.GetProcessById(id));
    }

    [Fact]
    public async Task A_sample_that_does_not_start_is_reported_with_its_own_words()
    {
        await using var process = SampleProcess.Start(SampleLocation.Find(BuiltServer.Folder), ["--days", "0"], _ => { });
        var wrong = await Assert.ThrowsAsync<CommandLineException>(() => process.ListeningAsync(TimeProvider.System, Ct));
        Assert.Contains("code 2", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("--days: '0'", wrong.Message, StringComparison.Ordinal);
        Assert.Equal(2, await process.Ended);
    }
}
