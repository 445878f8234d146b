using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Rules;
using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;
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
            .AddMemoryOwner<AlertAgenda>("rule_agenda", "when rules are looked at next", (agenda, model) => agenda.Forget(model.Id))
            .AddMemoryOwner<AlertPassState>("rule_looks", "the last look at the rules", (pass, model) => pass.Forget(model.Id))
            .AddStateOwner("rule_streams", "what rules have seen of each stream", ["alert_stream", "alert_cursor"], RemoveAsync);
        return services.AddHostedService<AlertPass>();
    }

    private static async Task RemoveAsync(StateDbContext db, int modelId, CancellationToken cancellation)
    {
        await db.AlertStreams.Where(row => row.ModelId == modelId).ExecuteDeleteAsync(cancellation);
        await db.AlertCursors.Where(row => row.ModelId == modelId).ExecuteDeleteAsync(cancellation);
    }
}
