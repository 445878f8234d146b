using System.Text.Json.Nodes;
using System.Threading.Channels;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli.Import;

/// <summary>
/// `plumbline import`: files in, a model with reference, predictions, ground truth and signals on the server out. A client of the HTTP API:
/// the server may be anywhere.
/// </summary>
public sealed class ImportRun
{
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(15);
    private ImportSettings _settings;
    private readonly Terminal _terminal;
    private readonly TimeProvider _time;
    private readonly ServerConnection _server;
    private readonly SourceFiles _files;
    private readonly ValueReading _reading;
    private readonly ImportProgress _progress;
    private readonly Refusals _refusals;
    private readonly List<ImportTally> _tallies = [];

    private ImportRun(ImportSettings settings, Terminal terminal, HttpClient http, SourceFiles files, Refusals refusals, TimeProvider time)
    {
        (_settings, _terminal, _files, _refusals, _time) = (settings, terminal, files, refusals, time);
        _server = new ServerConnection(http, settings.ApiKey, time);
        _reading = new ValueReading(settings.MissingTexts, settings.DecimalComma);
        _progress = new ImportProgress(terminal, time);
    }

    /// <summary>Runs an import to its end.</summary>
    public static async Task<ExitCode> RunAsync(ImportSettings settings, Terminal terminal, CancellationToken cancellation)
    {
        using var http = ServerConnection.Client(settings.Server, LongestAnswer);
        await using var files = new SourceFiles(settings.Format, settings.Delimiter, settings.Encoding);
        await using var refusals = new Refusals(settings.RejectsFile);
        return await new ImportRun(settings, terminal, http, files, refusals, TimeProvider.System).RunAsync(cancellation);
    }

    private async Task<ExitCode> RunAsync(CancellationToken cancellation)
    {
        // Before the files: an unreachable server is the quickest thing to be told about.
        var known = await _server.FindModelAsync(_settings.Model, cancellation);
        var reference = await SurveyAsync(_settings.ReferenceFile, cancellation);
        var predictions = await SurveyAsync(_settings.PredictionsFile, cancellation);
        if (_settings.TakesUsualColumns && predictions is not null)
            _settings = UsualColumns.Fill(_settings, predictions);
        if (known is null && _settings.Window is null && predictions is not null)
            await ChooseWindowAsync(predictions, cancellation);
        var groundTruth = await SurveyAsync(_settings.GroundTruthFile, cancellation);
        var signals = await SurveyAsync(_settings.SignalsFile, cancellation);
        if (signals is not null)
            CheckSignals(signals, known is not null || predictions is not null || reference is not null);
        var declaration = ModelDeclaration.Make(_settings, reference, predictions, groundTruth, known);
        foreach (var remark in declaration.Remarks)
            await _terminal.Output.WriteLineAsync($"note: {remark}");
        if (declaration.Body is not null)
            await _server.PutModelAsync(_settings.Model, declaration.Body, cancellation);
        await _terminal.Output.WriteLineAsync(
            $"model {_settings.Model}: {declaration.Task}, {declaration.Features.Count} features ({Counts(declaration)})"
        );
        await SendAsync((reference, predictions, groundTruth, signals), declaration, cancellation);
        var computed =
            !_settings.Wait
            || await new ComputationWait(_server, _terminal, _time).RunAsync(_settings.Model, _settings.WaitTimeout, cancellation);
        return await ReportAsync(computed);
    }

    private async Task SendAsync(
        (FileSurvey? Reference, FileSurvey? Predictions, FileSurvey? GroundTruth, FileSurvey? Signals) files,
        ModelDeclaration declaration,
        CancellationToken cancellation
    )
    {
        if (files.Reference is { } reference)
            await SendReferenceAsync(reference, declaration, cancellation);
        if (files.Predictions is { } predictions)
            await SendPredictionsAsync(predictions, declaration, cancellation);
        if (files.GroundTruth is { } groundTruth)
            await SendGroundTruthAsync(groundTruth, declaration, useRowIds: false, cancellation);
        else if (files.Predictions is { } both && both.Has(_settings.Columns.GroundTruth))
            await SendGroundTruthAsync(both, declaration, useRowIds: true, cancellation);
        if (files.Signals is { } signals)
            await SendSignalsAsync(signals, declaration, cancellation);
    }

    private async Task ChooseWindowAsync(FileSurvey file, CancellationToken cancellation)
    {
        TimeSpan? span = file.Rows * _settings.Interval;
        if (_settings.Columns.Timestamp is { } column && file.Has(column))
        {
            using var rows = _files.Open(file.Path);
            span = await Task.Run(() => WindowChoice.SpanOf(rows, column, _settings.TimestampFormat, cancellation), cancellation);
        }

        if (span is not { } known || WindowChoice.HoursFor(file.Rows, known) is not { } hours || hours == 1)
            return;
        _settings = _settings with { Window = WindowChoice.Text(hours) };
        await _terminal.Output.WriteLineAsync(
            $"note: {file.Rows / known.TotalHours:N0} rows an hour: windows of {_settings.Window}, which have about "
                + $"{file.Rows / known.TotalHours * hours:N0} each; --window chooses another length"
        );
    }

    private async Task<FileSurvey?> SurveyAsync(string? path, CancellationToken cancellation)
    {
        if (path is null)
            return null;
        await _files.PrepareAsync(path, cancellation);
        using var rows = _files.Open(path);
        var survey = await Task.Run(() => FileSurvey.Read(path, rows, _reading, cancellation), cancellation);
        if (survey.Rows == 0)
            throw new CommandLineException(ExitCode.Usage, $"{Path.GetFileName(path)} has no rows");
        return survey;
    }

    private async Task SendReferenceAsync(FileSurvey file, ModelDeclaration declaration, CancellationToken cancellation)
    {
        var tally = NewTally(file);
        await _progress.RunAsync(
            $"reference {Path.GetFileName(file.Path)}",
            file.Rows,
            async sent =>
            {
                var reported = 0L; // a retried upload must not count twice
                var answer = await _server.PutReferenceAsync(
                    _settings.Model,
                    ReferenceQuery(file),
                    () =>
                        new ReferenceContent(
                            (output, stop) =>
                                WriteReference(
                                    file,
                                    declaration,
                                    tally,
                                    output,
                                    rows =>
                                    {
                                        if (rows <= reported)
                                            return;
                                        sent(rows - reported);
                                        reported = rows;
                                    },
                                    stop
                                )
                        ),
                    cancellation
                );
                foreach (var ignored in (answer["ignored"] as JsonArray ?? []).OfType<JsonObject>())
                {
                    await _terminal.Output.WriteLineAsync(
                        $"note: the reference's column '{ignored["column"]}' is not used: {ignored["reason"]}"
                    );
                }

                tally.AddAnswer(
                    new RowsAnswer(answer["rows"]?.GetValue<long>() ?? file.Rows, 0, RowsAnswer.Read(answer).Rejected),
                    tally.ReferenceLines
                );
            }
        );
    }

    private void WriteReference(
        FileSurvey file,
        ModelDeclaration declaration,
        ImportTally tally,
        Stream output,
        Action<long> sent,
        CancellationToken cancellation
    )
    {
        using var rows = _files.Open(file.Path);
        var json = new RowJson(rows, _settings, _reading, declaration.Task, declaration.Features);
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(1 << 16);
        tally.Restart();
        var read = 0L;
        while (rows.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            tally.AddRead();
            read++;
            if (rows.Fault is not null)
            {
                tally.AddRefused(rows.Line, "unreadable", rows.Fault);
            }
            else
            {
                json.WriteReference(buffer);
                tally.ReferenceLines.Add(rows.Line);
            }

            if (buffer.WrittenCount < 1 << 15)
                continue;
            output.Write(buffer.WrittenSpan);
            buffer.ResetWrittenCount();
            sent(read);
        }

        output.Write(buffer.WrittenSpan);
        sent(read);
    }

    private string ReferenceQuery(FileSurvey file)
    {
        var columns = _settings.Columns;
        var parts = new List<string>();
        foreach (
            var (name, column) in new[]
            {
                ("prediction", columns.Prediction),
                ("score", columns.Score),
                ("ground_truth", columns.GroundTruth),
                ("timestamp", columns.Timestamp),
            }
        )
        {
            if (file.Has(column))
                parts.Add($"{name}={Uri.EscapeDataString(column!)}");
        }

        parts.Add($"version={Uri.EscapeDataString(_settings.Version)}");
        return "?" + string.Join('&', parts);
    }

    private Task SendPredictionsAsync(FileSurvey file, ModelDeclaration declaration, CancellationToken cancellation) =>
        SendRowsAsync(
            file,
            declaration,
            "predictions",
            (json, batch, number, tally, line) =>
            {
                if (json.TimeOf(number, out var problem) is not { } time)
                {
                    tally.AddRefused(line, "timestamp_invalid", problem ?? "no time");
                    return;
                }

                var id = json.IdOf(time);
                if (id.Length == 0)
                {
                    // The server would make one, another one at each import: the row would double.
                    tally.AddRefused(line, "id_missing", $"column '{_settings.Columns.Id}' is empty");
                    return;
                }

                json.WritePrediction(batch.Text, id, time);
                batch.EndRow(line);
            },
            cancellation
        );

    private Task SendGroundTruthAsync(FileSurvey file, ModelDeclaration declaration, bool useRowIds, CancellationToken cancellation) =>
        SendRowsAsync(
            file,
            declaration,
            "ground-truth",
            (json, batch, number, tally, line) =>
            {
                var rowTime = useRowIds ? json.TimeOf(number, out _) : null;
                if (useRowIds && rowTime is null)
                    return; // its prediction was refused already
                var id = json.IdOf(rowTime);
                if (id.Length == 0)
                    tally.AddRefused(line, "id_missing", $"column '{_settings.Columns.Id}' is empty");
                else if (json.WriteGroundTruth(batch.Text, id, json.GroundTruthTime()))
                    batch.EndRow(line);
                else
                    tally.AddWithoutValue();
            },
            cancellation
        );

    private void CheckSignals(FileSurvey file, bool hasModel)
    {
        if (!hasModel)
        {
            throw new CommandLineException(
                ExitCode.Usage,
                $"the server has no model '{_settings.Model}'; import its predictions first, or together with --signals"
            );
        }

        file.Require(_settings.Columns.Id, "--id");
        file.Require(_settings.Columns.SignalTimestamp, "--signal-timestamp");
        file.Require(_settings.Columns.SignalName, "--signal-name");
        file.Require(_settings.Columns.SignalValue, "--signal-value");
    }

    private Task SendSignalsAsync(FileSurvey file, ModelDeclaration declaration, CancellationToken cancellation) =>
        SendRowsAsync(
            file,
            declaration,
            "signals",
            (json, batch, _, tally, line) =>
            {
                if (json.WriteSignal(batch.Text) is { } problem)
                    tally.AddRefused(line, "signal_invalid", problem);
                else
                    batch.EndRow(line);
            },
            cancellation
        );

    private async Task SendRowsAsync(
        FileSurvey file,
        ModelDeclaration declaration,
        string kind,
        Action<RowJson, RowBatch, long, ImportTally, long> write,
        CancellationToken cancellation
    )
    {
        var tally = NewTally(file, kind);
        await _progress.RunAsync(
            $"{kind} {Path.GetFileName(file.Path)}",
            file.Rows,
            sent =>
                new BatchSender(_server, _settings.Model, kind, _settings.Parallel).RunAsync(
                    (batches, stop) => ProduceAsync(file, declaration, tally, write, batches, stop),
                    tally,
                    sent,
                    cancellation
                )
        );
    }

    private async Task ProduceAsync(
        FileSurvey file,
        ModelDeclaration declaration,
        ImportTally tally,
        Action<RowJson, RowBatch, long, ImportTally, long> write,
        ChannelWriter<RowBatch> batches,
        CancellationToken cancellation
    )
    {
        using var rows = _files.Open(file.Path);
        var json = new RowJson(rows, _settings, _reading, declaration.Task, declaration.Features);
        var batch = new RowBatch();
        for (var number = 0L; rows.Read(); number++)
        {
            tally.AddRead();
            if (rows.Fault is not null)
                tally.AddRefused(rows.Line, "unreadable", rows.Fault);
            else
                write(json, batch, number, tally, rows.Line);
            if (batch.Lines.Count < _settings.BatchRows && batch.Text.WrittenCount < RowBatch.MaxBytes)
                continue;
            await batches.WriteAsync(batch, cancellation);
            batch = new RowBatch();
        }

        if (batch.Lines.Count > 0)
            await batches.WriteAsync(batch, cancellation);
    }

    private ImportTally NewTally(FileSurvey file, string kind = "reference")
    {
        var tally = new ImportTally(kind, Path.GetFileName(file.Path), _refusals);
        _tallies.Add(tally);
        return tally;
    }

    private async Task<ExitCode> ReportAsync(bool computed)
    {
        foreach (var tally in _tallies)
        {
            var withoutValue = tally.WithoutValue > 0 ? $", {tally.WithoutValue:N0} without a value" : "";
            await _terminal.Output.WriteLineAsync(
                $"{tally.Kind}: {tally.Read:N0} rows read, {tally.Accepted:N0} accepted, {tally.Duplicates:N0} duplicates, "
                    + $"{tally.Refused:N0} rejected{withoutValue}"
            );
        }

        await _refusals.ReportAsync(_terminal.Error);
        await _terminal.Output.WriteLineAsync(
            $"see {ServerConnection.WithSlash(_settings.Server)}models/{Uri.EscapeDataString(_settings.Model)}"
        );
        if (!computed)
            return ExitCode.WaitTimedOut;
        return _tallies.Any(tally => tally.Refused > 0) ? ExitCode.RowsRejected : ExitCode.Ok;
    }

    private static string Counts(ModelDeclaration declaration) =>
        string.Join(
            ", ",
            declaration
                .Features.GroupBy(feature => feature.Type, StringComparer.Ordinal)
                .OrderByDescending(group => group.Count())
                .Select(group => $"{group.Count()} {group.Key}")
        );
}
