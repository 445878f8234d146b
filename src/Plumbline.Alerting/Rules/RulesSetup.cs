using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Rules;

/// <summary>The rules of models, which others evaluate.</summary>
public static class RulesSetup
{
    public static IServiceCollection AddRules(this IServiceCollection services, AlertingOptions options)
    {
        services.AddSingleton(options).AddSingleton<RuleStore>();
        return services.AddStateOwner(
            "rules",
            "declared rules",
            ["rule"],
            (db, modelId, cancellation) => db.Rules.Where(row => row.ModelId == modelId).ExecuteDeleteAsync(cancellation)
        );
    }
}
