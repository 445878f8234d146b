using Plumbline.Registry.Models;
using Plumbline.Registry.Retention;
using Plumbline.Registry.Windows;

namespace Plumbline.Monitoring.Profiles;

/// <summary>Profiles of closed and open windows.</summary>
public static class ProfilesSetup
{
    public static IServiceCollection AddProfiles(this IServiceCollection services) =>
        services
            .AddSingleton<SegmentValues>()
            .AddSingleton<ProfileStore>()
            .AddSingleton<GenerationClock>()
            .AddSingleton<HistoryWindows>()
            .AddSingleton(provider => new ModelRedefinitionStep(
                (model, cancellation) => provider.GetRequiredService<HistoryWindows>().MarkAsync(model, DirtyReason.Reference, cancellation)
            ))
            .AddSingleton(provider => new VersionPlaceStep(
                (model, version, cancellation) =>
                    provider.GetRequiredService<HistoryWindows>().MarkAsync(model, DirtyReason.Rewritten, cancellation, version)
            ))
            .AddRetainedRows<ProfileStore>(
                RetainedRows.Profiles,
                RetentionPeriod.Profiles,
                (profiles, model, before, cancellation) => profiles.DeleteBeforeAsync(model, before, cancellation)
            )
            // The stored profiles go with the model's tables.
            .AddModelRemoval<SegmentValues>((values, model, cancellation) => values.RemoveAsync(model, cancellation));
}
