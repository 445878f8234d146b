using System.Text.Json;

namespace Plumbline.Server.Tests.Retraining;

/// <summary>Programs of this machine as targets.</summary>
public sealed class CommandTargetTests(TestHost host)
{
    [Fact]
    public async Task A_program_is_started_without_a_shell_and_its_last_line_is_its_report()
    {
        await using var world = await RetrainingWorld.CreateAsync(host);
        var target = await world.TargetAsync(
            new
            {
                kind = "command",
                command = "/bin/sh",
                arguments = new[]
                {
                    "-c",
                    "echo working; printf '{\"version\":\"%s\",\"metrics\":{\"n\":2}}' \"$1\"",
                    "sh",
                    "of {{reason}}",
                },
            }
        );
        var ended = await world.UntilAsync(await world.RunAsync(target, "$(touch /nowhere); x"), "succeeded", "failed");
        Assert.Equal(("succeeded", "of $(touch /nowhere); x"), (Text(ended, "state"), Text(ended, "version")));
        Assert.Equal(2, ended.GetProperty("metrics").GetProperty("n").GetInt32());

        var failing = await world.TargetAsync(
            new
            {
                kind = "command",
                command = "/bin/sh",
                arguments = new[] { "-c", "echo no data >&2; exit 3" },
            }
        );
        Assert.Contains(
            "it ended with 3: no data",
            Text(await world.UntilAsync(await world.RunAsync(failing), "failed"), "message"),
            StringComparison.Ordinal
        );

        var endless = await world.TargetAsync(
            new
            {
                kind = "command",
                command = "/bin/sh",
                arguments = new[] { "-c", "sleep 60" },
                time_out = "1s",
            }
        );
        Assert.Equal("ended after 1s", Text(await world.UntilAsync(await world.RunAsync(endless), "failed"), "message"));
    }

    [Fact]
    public async Task A_program_that_the_configuration_does_not_list_is_refused()
    {
        await using var world = await RetrainingWorld.CreateAsync(host);
        var (status, body) = await world.SendAsync(
            HttpMethod.Put,
            $"/v1/retraining/targets/{world.Model}-no",
            new { kind = "command", command = "/usr/bin/env" }
        );
        Assert.Equal(400, status);
        Assert.Contains("retraining.commands", body.ToString(), StringComparison.Ordinal);
    }

    private static string Text(JsonElement at, string name) => at.GetProperty(name).GetString() ?? "";
}
