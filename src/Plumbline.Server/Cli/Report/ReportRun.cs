using System.Text;
using Plumbline.Registry.Text;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli.Report;

/// <summary>Two files read side by side, compared and written down.</summary>
public static class ReportRun
{
    private const string StandardOutput = "-";
    private const int NamesShown = 10;

    public static Task<ExitCode> RunAsync(ReportSettings settings, Terminal terminal, CancellationToken cancellation) =>
        RunAsync(settings, terminal, TimeProvider.System, cancellation);

    internal static async Task<ExitCode> RunAsync(
        ReportSettings settings,
        Terminal terminal,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var report = await CompareAsync(settings, time, cancellation);
        foreach (var file in new[] { report.Reference, report.Current })
        {
            foreach (var broken in file.FirstBroken)
                await terminal.Error.WriteLineAsync($"warning: {broken}");
            if (file.BrokenRows > file.FirstBroken.Count)
                await terminal.Error.WriteLineAsync($"warning: {file.BrokenRows:N0} rows of {file.File} in all could not be used");
            foreach (var note in file.Notes)
                await terminal.Error.WriteLineAsync($"warning: {file.File}: {note}");
        }

        var page = new ReportPage(report).Render();
        if (settings.JsonFile is { } json)
            await WriteAsync(json, report.ToJson(), terminal, cancellation);
        await WriteAsync(settings.OutputFile, page, terminal, cancellation);
        // With the page on the standard output, nothing else may be there.
        if (settings.OutputFile != StandardOutput && settings.JsonFile != StandardOutput)
            await terminal.Output.WriteLineAsync(Summary(report));
        return settings.FailsOnDrift && (report.Drifted > 0 || report.MissingColumns.Count > 0) ? ExitCode.Failure : ExitCode.Ok;
    }

    internal static async Task<ReportDocument> CompareAsync(ReportSettings settings, TimeProvider time, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reading = new[] { settings.ReferenceFile, settings.CurrentFile }.Select(path => ReadAsync(path, settings, stop)).ToArray();
        var files = await Task.WhenAll(reading);
        return Compare(files[0], files[1], settings, time);
    }

    // A mistake in one file stops the reading of the other.
    private static async Task<TableFile> ReadAsync(string path, ReportSettings settings, CancellationTokenSource stop)
    {
        try
        {
            return await TableFile.ReadAsync(path, settings, stop.Token);
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }

    private static ReportDocument Compare(TableFile reference, TableFile current, ReportSettings settings, TimeProvider time)
    {
        foreach (var column in settings.Columns)
        {
            if (!current.Names.Contains(column))
                reference.Require(column, "--columns");
        }

        reference.Require(reference.Names.Concat(current.Names).Contains(settings.Target) ? null : settings.Target, "--target");
        reference.Require(reference.Names.Concat(current.Names).Contains(settings.Prediction) ? null : settings.Prediction, "--prediction");
        reference.Require(reference.Names.Concat(current.Names).Contains(settings.Score) ? null : settings.Score, "--score");
        var now = current.Columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
        ColumnFacts[] common = [.. reference.Columns.Where(column => now.ContainsKey(column.Name))];
        if (common.Length == 0)
        {
            throw new CommandLineException(
                ExitCode.Usage,
                $"{reference.Name} and {current.Name} have no column to compare in common: "
                    + $"{Names(reference.Columns)} against {Names(current.Columns)}"
            );
        }

        return new ReportDocument
        {
            Title = settings.Title ?? $"{current.Name} against {reference.Name}",
            Made = time.GetUtcNow(),
            Threshold = settings.Threshold,
            Reference = FileFacts.Of(reference),
            Current = FileFacts.Of(current),
            MissingColumns = [.. reference.Names.Except(current.Names).Where(settings.Takes)],
            NewColumns = [.. current.Names.Except(reference.Names).Where(settings.Takes)],
            Performance = PredictionErrors.Of(reference, current, settings),
            Columns =
            [
                .. common
                    .AsParallel()
                    .AsOrdered()
                    .Select(column => ColumnComparison.Of(column, now[column.Name], settings.Threshold))
                    .AsSequential()
                    .OrderBy(column => column.Status)
                    .ThenByDescending(column => column.Drift?.Value ?? 0)
                    .ThenBy(column => column.Name, StringComparer.Ordinal),
            ],
        };
    }

    private static string Names(IReadOnlyList<ColumnFacts> columns) =>
        columns.Count == 0
            ? "none"
            : string.Join(", ", columns.Take(NamesShown).Select(column => column.Name)) + (columns.Count > NamesShown ? ", .." : "");

    private static async Task WriteAsync(string file, string text, Terminal terminal, CancellationToken cancellation)
    {
        if (file == StandardOutput)
            await terminal.Output.WriteAsync(text.AsMemory(), cancellation);
        else
            await File.WriteAllTextAsync(file, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cancellation);
    }

    private static string Summary(ReportDocument report)
    {
        var drifted = report.Columns.Where(column => column.IsDrifted).ToArray();
        var names = string.Join(
            ", ",
            drifted.Take(NamesShown).Select(column => $"{column.Name} {Figures.Format(column.Drift?.Value)}".TrimEnd('–', ' '))
        );
        var missing = report.MissingColumns.Count > 0 ? $"; missing now: {string.Join(", ", report.MissingColumns)}" : "";
        return $"{report.Drifted} of {report.Judged} columns drifted (threshold {Figures.Format(report.Threshold)})"
            + (drifted.Length > 0 ? $": {names}{(drifted.Length > NamesShown ? ", .." : "")}" : "")
            + missing;
    }
}
