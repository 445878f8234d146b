using Microsoft.AspNetCore.DataProtection;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Alerting.Delivery.Sending;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry;
using Plumbline.Registry.Telemetry;

namespace Plumbline.Alerting.Delivery;

/// <summary>Telling people: receivers, silences and the pipeline between them.</summary>
public static class DeliverySetup
{
    public static IServiceCollection AddDelivery(this IServiceCollection services, InstanceOptions instance, DeliveryOptions options)
    {
        services.AddSingleton(options);
        services.AddSecrets(instance);
        services.AddSingleton<NotificationOutbox>().AddSingleton<Silences>().AddSingleton<ReceiverCatalog>();
        // The pipeline, in its order.
        services
            .AddSingleton<NotificationRouting>()
            .AddSingleton<MessageSending>()
            .AddInstruments<DeliveryInstruments>()
            .AddSingleton<ReminderState>()
            .AddSingleton<DeliveryHistory>()
            .AddSingleton<DeliveryPipeline>();
        services.AddSingleton<OutboundHttp>().AddSingleton<MessageLinks>().AddSingleton<TestMessages>();
        foreach (var kind in ReceiverKind.All)
            services.AddSingleton(typeof(IReceiverClient), kind.Client);
        services.AddHostedService<DeliveryLoop>().AddHostedService<StorageAlerts>();
        return services;
    }

    public static void MapDelivery(this IEndpointRouteBuilder routes)
    {
        routes.MapReceivers();
        routes.MapSilences();
        routes.MapDeliveries();
    }

    // The keys are in the data folder, beside what they protect: a copied database without them tells no secret, a backup needs both.
    private static void AddSecrets(this IServiceCollection services, InstanceOptions instance)
    {
        var folder = new DirectoryInfo(Path.Combine(instance.DataDirectory, "keys"));
        if (!folder.Exists)
        {
            if (OperatingSystem.IsWindows())
                folder.Create();
            else
                Directory.CreateDirectory(folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        services.AddDataProtection().SetApplicationName("plumbline").PersistKeysToFileSystem(folder);
    }
}
