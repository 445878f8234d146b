using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Plumbline.Events;
using Plumbline.Events.Batches;
using Plumbline.Events.Decoding;
using Plumbline.Ingestion.Intake;
using Plumbline.Registry.Access;
using Plumbline.Registry.Models;
using Plumbline.Registry.Spooling;
using Plumbline.Registry.Web;

namespace Plumbline.Ingestion;

/// <summary>POST of predictions, ground truth and signals.</summary>
public static class IngestionEndpoints
{
    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        var events = routes.MapGroup("/v1/models/{model}").WithTags("Events");
        Map(events, "predictions", EventKind.Prediction);
        Map(events, "ground-truth", EventKind.GroundTruth);
        Map(events, "signals", EventKind.Signal);
    }

    private static void Map(RouteGroupBuilder events, string path, EventKind kind) =>
        events
            .MapPost(
                path,
                (string model, HttpRequest request, EventPosts posts, CancellationToken cancellation) =>
                    posts.TakeAsync(model, kind, request, cancellation)
            )
            .RequireRole(ApiRole.Ingest)
            .TakesBodies(BodyTypes.OfEvents)
            .Produces<IngestionAnswer>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
}

/// <summary>Takes a request with events: reads, decodes, hands over, answers.</summary>
public sealed class EventPosts(
    FirstPredictions firstPredictions,
    EventLimits limits,
    DecoderPool decoders,
    BodyBudget budget,
    EventIntake intake,
    RowAllowances allowances,
    TimeProvider time
)
{
    private const string RetryAfterSeconds = "2";
    private static readonly TimeSpan PatienceWithFullSpool = TimeSpan.FromSeconds(30);

    public async Task<IResult> TakeAsync(string modelName, EventKind kind, HttpRequest request, CancellationToken cancellation)
    {
        var (target, refusal) = firstPredictions.TargetOf(modelName, kind, request.HttpContext);
        if (target is null)
            return refusal!;
        var form = EventBody.FormOf(request);
        if (form == BodyForm.Unsupported)
            return UnsupportedType(request);
        if (EventBody.Open(request) is not { } body)
            return UnsupportedEncoding(request);
        if (allowances.PauseOf(request.HttpContext.User) is { } pause)
            return RowLimit(request, pause);
        var decoder = decoders.Rent(kind);
        var answer = new IngestionAnswer();
        try
        {
            await target.PrepareAsync(body, cancellation);
            return form == BodyForm.Ndjson
                ? await TakeLinesAsync(target, decoder, body, request, answer, cancellation)
                : await TakeWholeAsync(target, decoder, body, request, answer, cancellation);
        }
        catch (MalformedBodyException malformed)
        {
            return Problems.BadRequest("malformed_json", $"{malformed.Message} (byte {malformed.Offset})", ("offset", malformed.Offset));
        }
        catch (BodyTooLargeException large)
        {
            return TooLarge(large.Message, answer);
        }
        catch (InvalidDataException)
        {
            return WithCounts(
                StatusCodes.Status400BadRequest,
                "The request cannot be used",
                "gzip_invalid",
                "The body is not valid gzip.",
                answer
            );
        }
        catch (BadHttpRequestException broken)
        {
            // The transfer itself is broken off or malformed; what came before it of an NDJSON body is kept.
            return WithCounts(broken.StatusCode, "The request cannot be used", "body_broken", broken.Message, answer);
        }
        catch (IOException error) when (error is ConnectionResetException || request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read the answer; the status is for the log.
            return TypedResults.StatusCode(StatusCodes.Status499ClientClosedRequest);
        }
        catch (SpoolException error)
        {
            request.HttpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
            return WithCounts(StatusCodes.Status503ServiceUnavailable, "The spool cannot write", "spool_failed", error.Message, answer);
        }
        finally
        {
            decoders.Return(decoder);
            allowances.Take(request.HttpContext.User, answer.Rows - answer.RowsCharged);
            // The web server ends its own reader; an unpacking one is ours.
            if (!ReferenceEquals(body, request.BodyReader))
                await body.CompleteAsync();
        }
    }

    private async Task<IResult> TakeWholeAsync(
        EventTarget target,
        EventDecoder decoder,
        PipeReader reader,
        HttpRequest request,
        IngestionAnswer answer,
        CancellationToken cancellation
    )
    {
        var packed = request.Headers.ContentEncoding.Count > 0;
        var (body, ending) = await WholeBody.ReadAsync(
            reader,
            packed ? null : request.ContentLength,
            limits.BodyBytes,
            budget,
            cancellation
        );
        using (body)
        {
            if (ending == WholeBody.Ending.TooLarge)
                return TooLarge($"The body has more than {limits.BodyBytes} bytes. Send less at once, or application/x-ndjson.", answer);
            if (ending == WholeBody.Ending.NoMemory)
                return Busy(request, "bodies_waiting", "Too many large bodies are being read at once.", answer);
            if (EventBody.HasNoType(request) && EventBody.HasManyObjects(body.Bytes.Span))
                return await TakeLinesAsync(target, decoder, PipeReader.Create(new(body.Bytes)), request, answer, cancellation);
            decoder.Begin(DecodeContexts.Of(target.Model, time.GetUtcNow()));
            decoder.DecodeBody(body.Bytes.Span);
        }
        return await AppendAsync(target, decoder.Batch, TimeSpan.Zero, request, answer, cancellation) ?? Answer(answer);
    }

    private async Task<IResult> TakeLinesAsync(
        EventTarget target,
        EventDecoder decoder,
        PipeReader reader,
        HttpRequest request,
        IngestionAnswer answer,
        CancellationToken cancellation
    )
    {
        var lines = new NdjsonReader(reader, limits);
        bool more;
        do
        {
            decoder.Begin(DecodeContexts.Of(target.Model, time.GetUtcNow()));
            more = await lines.FillAsync(decoder, cancellation);
            // Someone who streams is slowed down by not being read, before being sent away.
            if (await AppendAsync(target, decoder.Batch, PatienceWithFullSpool, request, answer, cancellation) is { } problem)
                return problem;
            if (more)
                await SlowDownAsync(request.HttpContext, answer, cancellation);
        } while (more);
        return lines.Lines == 0 ? Problems.BadRequest("malformed_json", "The body is empty. (byte 0)", ("offset", 0)) : Answer(answer);
    }

    /// <returns>What to answer when nothing of the batch was taken; null when it was.</returns>
    private async Task<IResult?> AppendAsync(
        EventTarget target,
        EventBatch batch,
        TimeSpan patience,
        HttpRequest request,
        IngestionAnswer answer,
        CancellationToken cancellation
    )
    {
        if (await target.EnsureAsync(batch, cancellation) is { } problem)
            return problem;
        // Rejected rows of a model that is not there (yet) are told and counted nowhere.
        var result = target.IsThere ? await intake.AppendAsync(target.Model, batch, patience, cancellation) : default;
        if (result.Outcome == AppendOutcome.Full)
            return SpoolFull(request, answer);
        answer.Created = target.Created;
        answer.Add(batch, result, limits.RejectionsListed);
        return null;
    }

    private Task SlowDownAsync(HttpContext http, IngestionAnswer answer, CancellationToken cancellation)
    {
        allowances.Take(http.User, answer.Rows - answer.RowsCharged);
        answer.RowsCharged = answer.Rows;
        return allowances.WaitAsync(http.User, cancellation);
    }

    private IResult RowLimit(HttpRequest request, TimeSpan pause)
    {
        request.HttpContext.Response.Headers.RetryAfter = ApiKeyAuthentication.RetryAfter(pause);
        return WithCounts(
            StatusCodes.Status429TooManyRequests,
            "Too much at once",
            "too_many_rows",
            $"This key may send {allowances.LimitOf(request.HttpContext.User)} rows a second (access.rows_per_second). "
                + "Send the same rows again later.",
            new IngestionAnswer()
        );
    }

    private static IResult Answer(IngestionAnswer answer) =>
        answer.Accepted + answer.Duplicates == 0 && answer.RejectedCount > 0
            ? WithCounts(
                StatusCodes.Status400BadRequest,
                "The request cannot be used",
                "no_row_accepted",
                "None of the rows can be used; see rejected.",
                answer
            )
            : TypedResults.Json(answer, statusCode: StatusCodes.Status202Accepted);

    private static IResult UnsupportedType(HttpRequest request) =>
        Unsupported(
            $"The content type '{Problems.Shorten(request.ContentType ?? "")}' is not taken; "
                + "send application/json or application/x-ndjson in UTF-8."
        );

    private static IResult UnsupportedEncoding(HttpRequest request) =>
        Unsupported(
            $"The content encoding '{Problems.Shorten(request.Headers.ContentEncoding.ToString())}' is not taken; send gzip or none."
        );

    private static IResult Unsupported(string detail) =>
        Problems.Make(StatusCodes.Status415UnsupportedMediaType, "The body's form is not taken", "unsupported_media_type", detail);

    private static IResult TooLarge(string detail, IngestionAnswer answer) =>
        WithCounts(StatusCodes.Status413PayloadTooLarge, "The body is too large", "body_too_large", detail, answer);

    private static IResult SpoolFull(HttpRequest request, IngestionAnswer answer) =>
        Busy(
            request,
            "spool_full",
            "The spool is full: the column store is slower than what arrives. Send the same rows again later; "
                + "those taken already are recognised.",
            answer
        );

    private static IResult Busy(HttpRequest request, string code, string detail, IngestionAnswer answer)
    {
        request.HttpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
        return WithCounts(StatusCodes.Status429TooManyRequests, "Too much at once", code, detail, answer);
    }

    private static IResult WithCounts(int status, string title, string code, string detail, IngestionAnswer answer) =>
        Problems.Make(
            status,
            title,
            code,
            detail,
            ("accepted", answer.Accepted),
            ("duplicates", answer.Duplicates),
            ("rejected", answer.Rejected),
            ("rejected_count", answer.RejectedCount)
        );
}
