using Plumbline.Alerting.Notifications;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Delivery;

/// <summary>/v1/silences.</summary>
internal static class SilenceEndpoints
{
    public static void MapSilences(this IEndpointRouteBuilder routes)
    {
        var silences = routes.MapGroup("/v1/silences").WithTags("Silences");
        silences
            .MapGet(
                "",
                async (bool? expired, Silences all, TimeProvider time, CancellationToken cancellation) =>
                    Results.Json(
                        new
                        {
                            Silences = (await all.AllAsync(expired ?? false, cancellation)).Select(silence =>
                                View(silence, time.GetUtcNow())
                            ),
                        },
                        NotificationOutbox.Json
                    )
            )
            .RequireRole(ApiRole.Read);
        silences.MapPost("", PostAsync).Runs(SilenceCommands.Add);
        silences
            .MapDelete(
                "{silence:long}",
                async (long silence, Silences all, CancellationToken cancellation) =>
                    await all.ExpireAsync(silence, cancellation)
                        ? TypedResults.NoContent()
                        : (IResult)Problems.NotFound("unknown_silence", $"There is no silence {silence} that could be ended.")
            )
            .Runs(SilenceCommands.End);
    }

    private static async Task<IResult> PostAsync(HttpRequest request, Silences silences, TimeProvider time, CancellationToken cancellation)
    {
        var (specification, problem) = await DeliveryBody.ReadAsync<SilenceSpecification>(request, cancellation);
        if (problem is not null)
            return problem;
        if (specification!.Check(time.GetUtcNow()) is { Count: > 0 } errors)
            return Problems.Invalid("silence_invalid", "Nothing is silenced; see errors.", errors);
        return await silences.AddAsync(specification, Actor.Of(request.HttpContext).Name, cancellation) is { } added
            ? Results.Json(View(added, time.GetUtcNow()), NotificationOutbox.Json, statusCode: StatusCodes.Status201Created)
            : Problems.Conflict("too_many_silences", $"There are {Silences.MaxSilences} silences already; end some.");
    }

    private static object View(Silence silence, DateTimeOffset now) =>
        new
        {
            silence.Id,
            Active = silence.IsActive(now),
            silence.Matchers,
            silence.Recurrence,
            silence.Comment,
            silence.CreatedBy,
            silence.CreatedAt,
            silence.StartsAt,
            silence.EndsAt,
        };
}
