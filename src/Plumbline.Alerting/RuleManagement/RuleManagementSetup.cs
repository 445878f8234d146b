namespace Plumbline.Alerting.RuleManagement;

/// <summary>What people do with rules: declare, switch, look which of them cost more attention than they are worth.</summary>
public static class RuleManagementSetup
{
    public static IServiceCollection AddRuleManagement(this IServiceCollection services) => services.AddSingleton<FatigueReport>();
}
