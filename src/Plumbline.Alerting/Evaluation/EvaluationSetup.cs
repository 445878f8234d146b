using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Rules;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Registry.Telemetry;

namespace Plumbline.Alerting.Evaluation;

/// <summary>
/// From metric points to alerts that begin and end; what becomes of them is the business of the <see cref="ITransitionSink"/>.
/// </summary>
public static class EvaluationSetup
{
    public static IServiceCollection AddEvaluation(this IServiceCollection services)
    {
        services
            .AddSingleton<EvaluationWatermark>()
            .AddSingleton<RuleEvaluation>()
            .AddSingleton<AlertPassState>()
            .AddSingleton<AlertAgenda>()
            .AddInstruments<EvaluationInstruments>();
        services.AddSingleton<IRuleMemory, StreamStore>().AddSingleton<StreamReport>().AddSingleton<AlertStreamReader>();
        services
            .AddModelRemoval<AlertAgenda>((agenda, model) => agenda.Forget(model.Id))
            .AddModelRemoval<AlertPassState>((pass, model) => pass.Forget(model.Id))
            .AddModelRemoval(RemoveAsync);
        return services.AddHostedService<AlertPass>();
    }

    private static async Task RemoveAsync(StateDbContext db, int modelId, CancellationToken cancellation)
    {
        await db.AlertStreams.Where(row => row.ModelId == modelId).ExecuteDeleteAsync(cancellation);
        await db.AlertCursors.Where(row => row.ModelId == modelId).ExecuteDeleteAsync(cancellation);
    }
}
