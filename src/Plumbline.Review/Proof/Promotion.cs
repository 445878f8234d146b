using System.Text.Json.Nodes;
using Plumbline.Registry.Models;

namespace Plumbline.Review.Proof;

/// <summary>Where a version stands. Whoever serves the model asks for it and acts accordingly.</summary>
public static class VersionStage
{
    /// <summary>It answers beside the promoted one and is not heard.</summary>
    public const string Shadow = "shadow";

    /// <summary>It is the one to answer.</summary>
    public const string Promoted = "promoted";

    /// <summary>It is not to answer any more.</summary>
    public const string Retired = "retired";
}

/// <summary>Why a version was not promoted.</summary>
public enum PromotionProblem
{
    /// <summary>It was.</summary>
    None,

    /// <summary>The model has no such version.</summary>
    UnknownVersion,

    /// <summary>It is not shown to be better, and nobody said that this does not matter.</summary>
    NotBetter,
}

/// <summary>What became of a promotion.</summary>
/// <param name="Problem">Why it was not promoted.</param>
/// <param name="Proof">What it was decided on; null for an unknown version.</param>
public sealed record PromotionResult(PromotionProblem Problem, VersionProof? Proof);

/// <summary>
/// Lets versions take each other's place, with what was known about them at that time: the verdict is kept with the version, and so is who
/// decided and why.
/// </summary>
public sealed class Promotion(ProofReading proofs, VersionDeclaration versions, ModelCatalog models, TimeProvider time)
{
    /// <summary>Longest reason, in characters.</summary>
    public const int MaxReason = 1_000;

    /// <summary>Promotes a version; the one that was promoted before is retired.</summary>
    /// <param name="model">Whose.</param>
    /// <param name="version">Which.</param>
    /// <param name="reason">Why, in the words of whoever decides; may be empty.</param>
    /// <param name="force">True: also where it is not shown to be better.</param>
    /// <param name="by">Who decides.</param>
    /// <param name="cancellation">Stops before anything is changed.</param>
    public async Task<PromotionResult> PromoteAsync(
        ModelDefinition model,
        string version,
        string reason,
        bool force,
        string by,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!models.Versions(model.Id).Contains(version))
            return new PromotionResult(PromotionProblem.UnknownVersion, null);
        var proof = await proofs.ReadAsync(model, version, margin: null, cancellation);
        if (proof.Verdict != Verdict.Better && !force)
            return new PromotionResult(PromotionProblem.NotBetter, proof);
        var decided = new JsonObject
        {
            ["at"] = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture),
            ["by"] = by,
            ["reason"] = reason,
            ["forced"] = proof.Verdict != Verdict.Better,
            ["verdict"] = proof.Verdict.ToString(),
            ["evidence"] = new JsonArray([.. proof.Reasons.Select(sentence => (JsonNode)sentence)]),
        };
        await versions.ChangeAsync(
            model,
            (name, declared) =>
            {
                if (name == version)
                {
                    declared["stage"] = VersionStage.Promoted;
                    declared["promotion"] = decided;
                    return true;
                }

                if ((string?)declared["stage"] != VersionStage.Promoted)
                    return false;
                declared["stage"] = VersionStage.Retired;
                return true;
            },
            cancellation
        );
        return new PromotionResult(PromotionProblem.None, proof);
    }

    /// <summary>Retires a version: whoever serves the model takes it away.</summary>
    /// <returns>False when the model has no such version.</returns>
    public async Task<bool> RetireAsync(ModelDefinition model, string version, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!models.Versions(model.Id).Contains(version))
            return false;
        await versions.ChangeAsync(
            model,
            (name, declared) =>
            {
                if (name != version)
                    return false;
                declared["stage"] = VersionStage.Retired;
                return true;
            },
            cancellation
        );
        return true;
    }
}
