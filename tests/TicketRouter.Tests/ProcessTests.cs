using System.Diagnostics;

namespace TicketRouter.Tests;

public class ProcessTests
{
    [Fact]
    public async Task The_process_says_where_it_listens_and_ends_with_its_standard_input()
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (
            var argument in new[]
            {
                typeof(TicketRouterHost).Assembly.Location,
                "--urls",
                "http://127.0.0.1:0",
                "--stop-with-stdin",
                "true",
            }
        )
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(TimeSpan.FromSeconds(40));
            List<string> lines = [];
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                lines.Add(line);
                if (line.StartsWith("TicketRouter listens on http://127.0.0.1:", StringComparison.Ordinal))
                    break;
            }

            Assert.Contains(lines, line => line.StartsWith("v2: 4000 held-out tickets", StringComparison.Ordinal));
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    [Fact]
    public async Task A_wrong_switch_ends_with_two_and_a_message()
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardError = true };
        foreach (var argument in new[] { typeof(TicketRouterHost).Assembly.Location, "--days", "many" })
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, process.ExitCode);
        Assert.Contains("--days: 'many'", error, StringComparison.Ordinal);
    }
}
