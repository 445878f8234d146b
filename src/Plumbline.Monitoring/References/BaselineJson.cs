using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using Plumbline.Monitoring.Profiles;

namespace Plumbline.Monitoring.References;

/// <summary>How a baseline is kept in the state database.</summary>
internal static class BaselineJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        IgnoreReadOnlyProperties = true,
    };

    // A FrozenDictionary cannot be read back; everything else of the record can.
    private sealed record Stored(
        int Generation,
        bool Declared,
        DateTimeOffset? From,
        DateTimeOffset? To,
        string? Version,
        long Rows,
        long GroundTruthRows,
        DateTimeOffset CreatedAt,
        IReadOnlyList<FeatureBaseline> Features,
        int Binning = 0
    );

    internal static string Write(Baseline baseline) =>
        JsonSerializer.Serialize(
            new Stored(
                baseline.Generation,
                baseline.Declared,
                baseline.From,
                baseline.To,
                baseline.Version,
                baseline.Rows,
                baseline.GroundTruthRows,
                baseline.CreatedAt,
                [.. baseline.Features.Values],
                baseline.Binning
            ),
            Options
        );

    /// <exception cref="InvalidDataException">The text was damaged.</exception>
    internal static Baseline Read(string text, string model)
    {
        Stored stored;
        try
        {
            stored = JsonSerializer.Deserialize<Stored>(text, Options) ?? throw new JsonException("It is null.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                $"state.db is damaged: the baseline of model '{model}' cannot be read ({error.Message}). Put the file back from a backup.",
                error
            );
        }

        return new Baseline
        {
            Generation = stored.Generation,
            Declared = stored.Declared,
            From = stored.From,
            To = stored.To,
            Version = stored.Version,
            Rows = stored.Rows,
            GroundTruthRows = stored.GroundTruthRows,
            CreatedAt = stored.CreatedAt,
            Binning = stored.Binning,
            Features = stored.Features.ToFrozenDictionary(feature => feature.Feature, StringComparer.Ordinal),
        };
    }
}
