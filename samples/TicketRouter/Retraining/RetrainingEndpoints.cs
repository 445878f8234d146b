using System.Text.Json;
using TicketRouter.Reporting;

namespace TicketRouter.Retraining;

/// <summary>The door at which Plumbline asks for a new version.</summary>
public static class RetrainingEndpoints
{
    private const int MaxBytes = 256 * 1024;

    public static void MapRetraining(this IEndpointRouteBuilder routes) => routes.MapPost("/retraining", TakeAsync);

    private static async Task<IResult> TakeAsync(
        HttpRequest request,
        Trainer trainer,
        TicketRouterOptions options,
        TimeProvider time,
        CancellationToken ct
    )
    {
        if (options.RetrainingSecret is not { Length: > 0 } secret)
        {
            return Wrong(
                StatusCodes.Status403Forbidden,
                "The program was started without --retraining-secret: nobody may ask for training."
            );
        }

        if (await ReadAsync(request, ct) is not { } body)
            return Wrong(StatusCodes.Status413PayloadTooLarge, "A request has at most 256 KiB.");
        var (timestamp, signature) = (request.Headers["Plumbline-Timestamp"].ToString(), request.Headers["Plumbline-Signature"].ToString());
        if (!RetrainingRequest.IsGenuine(secret, timestamp, signature, body.Span, time.GetUtcNow()))
            return Wrong(StatusCodes.Status401Unauthorized, "The signature is not that of the secret, or the request is old.");
        RetrainingRequest? asked;
        try
        {
            asked = RetrainingRequest.Read(body);
        }
        catch (JsonException)
        {
            return Wrong(StatusCodes.Status400BadRequest, "The body is no JSON.");
        }

        if (asked is null)
        {
            return Wrong(
                StatusCodes.Status400BadRequest,
                $"The body is no event {RetrainingRequest.EventType} with model, dataset.uri and callback_url."
            );
        }

        if (asked.Model != PredictionEvents.QueueModel)
            return Wrong(StatusCodes.Status422UnprocessableEntity, $"Only {PredictionEvents.QueueModel} can be trained again.");
        return trainer.TryAsk(asked)
            ? Results.Json(new { run = asked.Id }, statusCode: StatusCodes.Status202Accepted)
            : Wrong(StatusCodes.Status429TooManyRequests, "As many runs wait already as may; ask again later.");
    }

    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, ct)) > 0)
        {
            body.Write(buffer, 0, read);
            if (body.Length > MaxBytes)
                return null;
        }

        return body.ToArray();
    }

    private static IResult Wrong(int status, string detail) => Results.Problem(detail, statusCode: status);
}
