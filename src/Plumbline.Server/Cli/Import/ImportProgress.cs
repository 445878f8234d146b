using Plumbline.Server.Cli.Shell;
using Spectre.Console;

namespace Plumbline.Server.Cli.Import;

/// <summary>Shows how far a step is: a bar on a terminal, a line every few seconds in a log.</summary>
public sealed class ImportProgress(Terminal terminal, TimeProvider time)
{
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(2);

    /// <summary>Runs <paramref name="work"/>, which reports finished rows (any thread). <paramref name="total"/> 0: unknown.</summary>
    public async Task RunAsync(string title, long total, Func<Action<long>, Task> work)
    {
        var began = time.GetTimestamp();
        long done = 0;
        if (terminal.Interactive)
        {
            await terminal
                .Surface()
                .Progress()
                .AutoClear(true)
                .Columns(
                    new TaskDescriptionColumn { Alignment = Justify.Left },
                    new ProgressBarColumn(),
                    new PercentageColumn(),
                    new RemainingTimeColumn()
                )
                .StartAsync(async context =>
                {
                    var bar = context.AddTask(Markup.Escape(title), maxValue: Math.Max(1, total));
                    await work(rows =>
                    {
                        var now = Interlocked.Add(ref done, rows);
                        bar.Increment(rows);
                        bar.Description = Markup.Escape($"{title} {Rate(now, began)}");
                    });
                });
        }
        else
        {
            var gate = new Lock();
            var lastLine = began;
            await work(rows =>
            {
                var now = Interlocked.Add(ref done, rows);
                lock (gate)
                {
                    if (time.GetElapsedTime(lastLine) < LineEvery)
                        return;
                    lastLine = time.GetTimestamp();
                    terminal.Output.WriteLine($"{title}: {now:N0} of {total:N0} rows, {Rate(now, began)}");
                }
            });
        }

        await terminal.Output.WriteLineAsync(
            $"{title}: {Interlocked.Read(ref done):N0} rows in {time.GetElapsedTime(began).TotalSeconds:N1} s, "
                + $"{Rate(Interlocked.Read(ref done), began)}"
        );
    }

    private string Rate(long rows, long began)
    {
        var seconds = time.GetElapsedTime(began).TotalSeconds;
        return seconds > 0 ? $"{rows / seconds:N0} rows/s" : "";
    }
}
