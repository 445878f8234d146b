namespace Plumbline.Server.Alerting.Delivery;

/// <summary>Telling people: receivers, silences and the pipeline between them.</summary>
public static class DeliverySetup
{
    public static IServiceCollection AddDelivery(this IServiceCollection services) => services.AddSingleton<NotificationOutbox>();

    public static void MapDelivery(this IEndpointRouteBuilder routes)
    {
        _ = routes;
    }
}
