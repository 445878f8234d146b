using Microsoft.EntityFrameworkCore;
using Plumbline.Alerting.Rules;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Evaluation;

/// <summary>From metric points to alerts that begin and end; what becomes of them is the business of the <see cref="ITransitionSink"/>.</summary>
public static class EvaluationSetup
{
    public static IServiceCollection AddEvaluation(this IServiceCollection services)
    {
        services.AddSingleton<Frontier>().AddSingleton<AlertJudgement>().AddSingleton<AlertPassState>().AddSingleton<AlertAgenda>();
        services.AddSingleton<IRuleMemory, StreamStore>().AddSingleton<StreamReport>().AddSingleton<AlertStreamReader>();
        services.AddSingleton(provider => new ModelRemovalStep((model, cancellation) => RemoveAsync(
            provider.GetRequiredService<IDbContextFactory<StateDbContext>>(), provider.GetRequiredService<AlertAgenda>(), model.Id, cancellation)));
        return services.AddHostedService<AlertPass>();
    }

    private static async Task RemoveAsync(IDbContextFactory<StateDbContext> state, AlertAgenda agenda, int modelId, CancellationToken cancellation)
    {
        agenda.Forget(modelId);
        await using var db = await state.CreateDbContextAsync(cancellation);
        await db.AlertStreams.Where(row => row.ModelId == modelId).ExecuteDeleteAsync(cancellation);
        await db.AlertCursors.Where(row => row.ModelId == modelId).ExecuteDeleteAsync(cancellation);
    }
}
