using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Rules;

/// <summary>The rules of models, which others evaluate.</summary>
public static class RulesSetup
{
    public static IServiceCollection AddRules(this IServiceCollection services, AlertingOptions options)
    {
        services.AddSingleton(options).AddSingleton<RuleBook>().AddSingleton<RuleCheck>();
        return services.AddSingleton(provider => new ModelRemovalStep((model, cancellation) =>
            RemoveAsync(provider.GetRequiredService<IDbContextFactory<StateDbContext>>(), model.Id, cancellation)));
    }

    private static async Task RemoveAsync(IDbContextFactory<StateDbContext> state, int modelId, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        await db.Rules.Where(row => row.ModelId == modelId).ExecuteDeleteAsync(cancellation);
    }
}
