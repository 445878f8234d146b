using System.Text.Json;
using System.Text.Json.Nodes;
using Plumbline.Server.Cli.Import;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli.Wait;

/// <summary>Asks the server until everything up to a time is stored, computed and judged.</summary>
internal sealed class WaitRun(WaitSettings settings, ServerConnection server, Terminal terminal, TimeProvider time)
{
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SayEvery = TimeSpan.FromSeconds(15);

    // What is answered is written indented, for people who look at it too.
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private string _said = "";
    private long _saidAt;

    /// <summary>Runs the verb.</summary>
    public static async Task<ExitCode> RunAsync(WaitSettings settings, Terminal terminal, CancellationToken cancellation)
    {
        using var http = ServerConnection.Client(settings.Server, LongestAnswer);
        var server = new ServerConnection(http, settings.ApiKey, TimeProvider.System);
        return await new WaitRun(settings, server, terminal, TimeProvider.System).RunAsync(cancellation);
    }

    private async Task<ExitCode> RunAsync(CancellationToken cancellation)
    {
        if (await server.FindModelAsync(settings.Model, cancellation) is null)
            throw new CommandLineException(ExitCode.Failure, $"the server has no model '{settings.Model}'");
        var began = time.GetTimestamp();
        var pause = ShortestPause;
        long? accepted = null;
        while (true)
        {
            var (until, unreachable) = await ReadAsync(accepted, cancellation);
            // While the last window is open, events of it may still come.
            if (until is not null && Flag(until, "closed"))
                accepted ??= until["accepted"]?.GetValue<long>();
            if (until is not null && Ended(until) is var (code, sentence))
                return await EndAsync(code, until, sentence);
            var waiting = unreachable?.Message ?? Pending(until!);
            var left = settings.Timeout - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                return await EndAsync(
                    unreachable is null ? ExitCode.Failure : ExitCode.ServerUnreachable,
                    until,
                    $"error: after {settings.Timeout.TotalSeconds:N0} s still waiting for {waiting}"
                );
            }

            await SayAsync(waiting);
            await Task.Delay(left < pause ? left : pause, time, cancellation);
            pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
        }
    }

    // Null while there is something to wait for.
    private (ExitCode Code, string Sentence)? Ended(JsonObject until)
    {
        if (Flag(until, "done"))
            return (ExitCode.Ok, $"done: everything up to {settings.Until:yyyy-MM-dd'T'HH:mm:ss'Z'}");
        return (until["failed_windows"]?.GetValue<int>() ?? 0) > 0
            ? (ExitCode.Failure, $"error: nothing waits for {Pending(until)}")
            : null;
    }

    private async Task SayAsync(string waiting)
    {
        if (waiting == _said || (_said.Length > 0 && time.GetElapsedTime(_saidAt) < SayEvery))
            return;
        await terminal.Error.WriteLineAsync($"waiting for {waiting}");
        (_said, _saidAt) = (waiting, time.GetTimestamp());
    }

    // A server that is started anew meanwhile is waited for, too.
    private async Task<(JsonObject? Until, CommandLineException? Unreachable)> ReadAsync(long? accepted, CancellationToken cancellation)
    {
        var path =
            $"{ServerConnection.ModelPath(settings.Model)}/progress?until={Uri.EscapeDataString(WrittenTime.Format(settings.Until))}"
            + (accepted is { } known ? $"&accepted={known}" : "");
        try
        {
            var progress = await server.GetAsync(path, "the progress cannot be read", cancellation);
            return (
                progress["until"] as JsonObject
                    ?? throw new CommandLineException(
                        ExitCode.Failure,
                        "the server is of an earlier version: it cannot tell how far it is"
                    ),
                null
            );
        }
        catch (CommandLineException failure) when (failure.ExitCode == ExitCode.ServerUnreachable)
        {
            return (null, failure);
        }
    }

    private async Task<ExitCode> EndAsync(ExitCode code, JsonObject? until, string sentence)
    {
        if (settings.Json && until is not null)
            await terminal.Output.WriteLineAsync(until.ToJsonString(Indented));
        if (code != ExitCode.Ok)
            await terminal.Error.WriteLineAsync(sentence);
        else if (!settings.Json)
            await terminal.Output.WriteLineAsync(sentence);
        return code;
    }

    private static bool Flag(JsonObject until, string name) => until[name]?.GetValue<bool>() ?? false;

    private static string Pending(JsonObject until) => string.Join("; ", (until["waiting_for"] as JsonArray ?? []).Select(one => $"{one}"));
}
