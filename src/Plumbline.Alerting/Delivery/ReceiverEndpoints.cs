using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Alerting.Delivery.Sending;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Delivery;

/// <summary>/v1/receivers.</summary>
internal static class ReceiverEndpoints
{
    public static void MapReceivers(this IEndpointRouteBuilder routes)
    {
        var receivers = routes.MapGroup("/v1/receivers").WithTags("Receivers");
        receivers
            .MapGet(
                "",
                async (ReceiverCatalog catalog, DeliveryHistory history, CancellationToken cancellation) =>
                {
                    var figures = await history.ReceiversAsync(cancellation);
                    return Results.Json(
                        new
                        {
                            Receivers = catalog.All.Select(receiver =>
                                ReceiverView.Of(receiver, figures.GetValueOrDefault(receiver.Name, ReceiverFigures.None))
                            ),
                        },
                        NotificationOutbox.Json
                    );
                }
            )
            .RequireRole(ApiRole.Read);
        receivers
            .MapGet(
                "{receiver}",
                async (string receiver, ReceiverCatalog catalog, DeliveryHistory history, CancellationToken cancellation) =>
                    catalog.Find(receiver) is { } found
                        ? await ViewAsync(found, history, StatusCodes.Status200OK, cancellation)
                        : Unknown(receiver)
            )
            .RequireRole(ApiRole.Read);
        receivers.MapPut("{receiver}", PutAsync).Runs(ReceiverCommands.Declare);
        receivers.MapDelete("{receiver}", DeleteAsync).Runs(ReceiverCommands.Delete);
        receivers.MapPost("{receiver}/test", TestAsync).Runs(ReceiverCommands.Test);
    }

    private static async Task<IResult> PutAsync(
        string receiver,
        HttpRequest request,
        ReceiverCatalog catalog,
        DeliveryHistory history,
        MessageSending sending,
        NotificationOutbox outbox,
        CancellationToken cancellation
    )
    {
        var (specification, problem) = await DeliveryBody.ReadAsync<ReceiverSpecification>(
            request,
            cancellation,
            ReceiverSpecification.Json
        );
        if (problem is not null)
            return problem;
        var (stored, created, errors) = await catalog.PutAsync(receiver, specification!, Actor.Of(request.HttpContext).Name, cancellation);
        if (stored is null)
        {
            return catalog.Find(receiver)?.Source == ReceiverSource.Configuration
                ? Problems.Conflict("receiver_configured", errors[0].Reason)
                : Problems.Invalid("receiver_invalid", "The receiver was not changed; see errors.", errors);
        }

        await sending.HurryAsync(receiver, cancellation);
        outbox.Wake();
        return await ViewAsync(stored, history, created ? StatusCodes.Status201Created : StatusCodes.Status200OK, cancellation);
    }

    private static async Task<IResult> DeleteAsync(
        string receiver,
        ReceiverCatalog catalog,
        NotificationOutbox outbox,
        CancellationToken cancellation
    )
    {
        if (catalog.Find(receiver) is not { } found)
            return Unknown(receiver);
        if (found.Source == ReceiverSource.Configuration)
            return Problems.Conflict("receiver_configured", $"'{receiver}' is declared in the configuration file; remove it there.");
        await catalog.RemoveAsync(receiver, cancellation);
        outbox.Wake();
        return TypedResults.NoContent();
    }

    private static async Task<IResult> TestAsync(
        string receiver,
        ReceiverCatalog catalog,
        TestMessages tests,
        HttpContext context,
        CancellationToken cancellation
    )
    {
        if (catalog.Find(receiver) is not { } found)
            return Unknown(receiver);
        var (id, outcome) = await tests.SendAsync(found, Actor.Of(context).Name, cancellation);
        return Results.Json(
            new
            {
                Delivered = outcome.Verdict == SendVerdict.Delivered,
                outcome.Detail,
                DeliveryId = id,
            },
            NotificationOutbox.Json
        );
    }

    private static async Task<IResult> ViewAsync(Receiver receiver, DeliveryHistory history, int status, CancellationToken cancellation) =>
        Results.Json(
            ReceiverView.Of(receiver, (await history.ReceiversAsync(cancellation)).GetValueOrDefault(receiver.Name, ReceiverFigures.None)),
            NotificationOutbox.Json,
            statusCode: status
        );

    private static IResult Unknown(string receiver) =>
        Problems.NotFound("unknown_receiver", $"There is no receiver '{Problems.Shorten(receiver)}'. GET /v1/receivers lists them.");
}
