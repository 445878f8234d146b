using Plumbline.Server.Models;
namespace Plumbline.Server.Profiles;
public sealed record ProfileQuery { public IReadOnlyList<string>? Features { get; init; } public string? SegmentKey { get; init; } public string? SegmentValue { get; init; } public string? Version { get; init; } }
public sealed class ProfileStore {
 public Task ComputeAsync(ModelDefinition model, IReadOnlyList<DateTimeOffset> windowStarts, CancellationToken ct)=>Task.CompletedTask;
 public Task<IReadOnlyList<FeatureProfile>> ReadAsync(ModelDefinition model, DateTimeOffset from, DateTimeOffset to, ProfileQuery query, CancellationToken ct)=>Task.FromResult<IReadOnlyList<FeatureProfile>>([]);
 public Task<IReadOnlyList<FeatureProfile>> ReadMergedAsync(ModelDefinition model, DateTimeOffset from, DateTimeOffset to, ProfileQuery query, CancellationToken ct)=>Task.FromResult<IReadOnlyList<FeatureProfile>>([]);
 public Task<IReadOnlyList<FeatureProfile>> ComputeLiveAsync(ModelDefinition model, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)=>Task.FromResult<IReadOnlyList<FeatureProfile>>([]);
}
