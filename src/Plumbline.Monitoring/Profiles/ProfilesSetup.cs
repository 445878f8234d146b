using Plumbline.Registry.Models;
using Plumbline.Registry.Ownership;
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
            // The stored profiles go with the model's tables.
            .AddDataOwner<ProfileStore>(
                new DataDescription(EventRows.Profiles, "profiles of windows", DataPlace.Engine, "profiles")
                {
                    Period = RetentionPeriod.Profiles,
                },
                expire: (profiles, model, before, cancellation) => profiles.DeleteBeforeAsync(model, before, cancellation)
            )
            .AddDataOwner<SegmentValues>(
                new DataDescription("segment_values", "values by which segments are told apart", DataPlace.State, "segment_value"),
                (values, model, cancellation) => values.RemoveAsync(model, cancellation)
            );
}
