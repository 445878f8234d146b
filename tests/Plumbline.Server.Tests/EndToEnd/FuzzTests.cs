using System.Net.Http.Headers;
using Plumbline.Bench.Fuzz;
using Plumbline.Server.Tests.Access;

namespace Plumbline.Server.Tests.EndToEnd;

/// <summary>
/// The fuzz of bench/ in small, against a process of its own: what it declares would trouble the shared host's other tests. No answer is a
/// 5xx but 503 with a reason, what was written can be read, and the counters are the sum of the answers.
/// </summary>
public sealed class FuzzTests
{
    // `fuzz` of bench/ sends 300,000.
    private const int Requests = 10_000;

    [Fact]
    public async Task No_request_breaks_the_server_and_no_row_is_counted_wrong()
    {
        var server = new SecuredServer();
        await server.InitializeAsync();
        try
        {
            using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = server.Client.BaseAddress };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "admin-key");
            var report = await new FuzzRun(client, seed: 9).RunAsync(Requests);
            Assert.True(report.FailureCount == 0, string.Join(Environment.NewLine, report.Failures));
            // Most of the kinds must have got through somewhere, or nothing was tried.
            foreach (
                var kind in (string[])["predictions", "ground-truth", "signals", "models", "rules", "receivers", "versions", "references"]
            )
            {
                Assert.Contains(report.Statuses.Keys, status => status.StartsWith($"{kind} 2", StringComparison.Ordinal));
            }
        }
        finally
        {
            await server.DisposeAsync();
        }
    }
}
