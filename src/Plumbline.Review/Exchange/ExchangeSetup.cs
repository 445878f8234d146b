using Plumbline.Registry;
using Plumbline.Registry.Scheduling;

namespace Plumbline.Review.Exchange;

/// <summary>Tasks and answers as files of other tools.</summary>
public static class ExchangeSetup
{
    public static IServiceCollection AddExchange(this IServiceCollection services) =>
        services
            .AddSingleton<AnswerImport>()
            .AddSingleton<AnswerRows>()
            .AddSingleton<AnswerFiles>()
            .AddSingleton<TaskExport>()
            .AddHostedService<ExchangeStart>();

    private sealed class ExchangeStart(InstanceOptions instance) : StartupStep
    {
        public override Task StartingAsync(CancellationToken cancellationToken)
        {
            AnswerRows.DeleteLeftOvers(instance);
            return Task.CompletedTask;
        }
    }
}
