namespace Plumbline.Alerting.Causes;

/// <summary>The kinds of causes. Of two that are equally likely the one further up is named first.</summary>
public static class CausesSetup
{
    public static IServiceCollection AddCauses(this IServiceCollection services) =>
        services
            .AddSingleton<CauseKind, Saturation>()
            .AddSingleton<CauseKind, WorseVersion>()
            .AddSingleton<CauseKind, VersionRollout>()
            .AddSingleton<CauseKind, MissingValues>()
            .AddSingleton<CauseKind, NewCategory>()
            .AddSingleton<CauseKind, SchemaChange>()
            .AddSingleton<CauseKind, LateGroundTruth>()
            .AddSingleton<CauseKind, OneSegment>()
            .AddSingleton<CauseKind, Concentration>()
            .AddSingleton<CauseKind, FeatureDrift>()
            .AddSingleton<CauseKind, ConceptChange>()
            .AddSingleton<CauseCatalog>()
            .AddSingleton<CauseEvidence>();
}
