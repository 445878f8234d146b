namespace Plumbline.Review.Policies;

/// <summary>A policy of the configuration file.</summary>
public sealed record FilePolicy
{
    /// <summary>Policies that a file may declare.</summary>
    public const int MaxPolicies = 1_000;

    /// <summary>Name of the model, or <c>*</c> for every model.</summary>
    public string Model { get; init; } = "";

    /// <summary>The policy, as <c>PUT /v1/models/{model}/review/policies/{policy}</c> takes it, with its name.</summary>
    public ReviewPolicy? Policy { get; init; }

    /// <summary>Adds what cannot be used, each as path and reason: <c>review.policies[0].policy.per_day: ..</c>.</summary>
    internal static void Validate(IReadOnlyList<FilePolicy> policies, ICollection<string> errors)
    {
        if (policies.Count > MaxPolicies)
            errors.Add($"review.policies: {policies.Count} are more than {MaxPolicies}.");
        var known = new HashSet<(string Model, string Name)>();
        for (var i = 0; i < policies.Count; i++)
        {
            if (string.IsNullOrEmpty(policies[i].Model))
                errors.Add($"review.policies[{i}].model: the name of a model, or \"*\" for every model.");
            if (policies[i].Policy is not { } policy)
            {
                errors.Add($"review.policies[{i}].policy: needed.");
                continue;
            }

            foreach (var error in PolicyCheck.CheckAlone(policy))
                errors.Add($"review.policies[{i}].policy.{error.Field}: {error.Reason}");
            if (!known.Add((policies[i].Model, policy.Name)))
                errors.Add($"review.policies[{i}].policy.name: '{policy.Name}' is declared twice for {policies[i].Model}.");
        }
    }
}

/// <summary>The policies of the configuration file.</summary>
/// <param name="All">In the order of the file.</param>
public sealed record FilePolicies(IReadOnlyList<FilePolicy> All);
