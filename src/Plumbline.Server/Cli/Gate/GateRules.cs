using Plumbline.Alerting.Rules;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Server.Cli.Configuration;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli.Gate;

/// <summary>The file of rules of a gate: read as strictly as the configuration file, by what reads that.</summary>
internal sealed record GateRules
{
    /// <summary>What is judged.</summary>
    public IReadOnlyList<Rule> Rules { get; init; } = [];

    /// <summary>Reads and checks a file, as far as that can be done without the model.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="version">The version that rules without one are about; null for all together.</param>
    /// <exception cref="ConfigurationException">With every mistake, each at its line.</exception>
    public static IReadOnlyList<Rule> Read(string file, string? version)
    {
        if (!File.Exists(file))
            throw new CommandLineException(ExitCode.ConfigurationInvalid, $"there is no file of rules '{file}'");
        var (rules, reading) = (new GateRules(), new YamlConfiguration());
        reading.Read(File.ReadAllText(file), rules);
        if (reading.Mistakes.Count > 0)
            throw new ConfigurationException(file, reading.Mistakes);
        if (rules.Violations().ToList() is { Count: > 0 } violations)
            throw new ConfigurationException(file, [.. violations.Select(one => ServerConfiguration.Locate(one, reading.Origins))]);
        return version is null
            ? rules.Rules
            : [.. rules.Rules.Select(rule => rule.Version is "" or "*" ? rule with { Version = version } : rule)];
    }

    private IEnumerable<string> Violations()
    {
        if (Rules.Count is 0 or > RuleStore.MaxRules)
            yield return $"rules: 1 to {RuleStore.MaxRules} rules.";
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < Rules.Count; index++)
        {
            foreach (var error in RuleCheck.CheckAlone(Rules[index]))
                yield return $"rules[{index}].{error.Field}: {error.Reason}";
            if (Rules[index].Name is { } name && !names.Add(name))
                yield return $"rules[{index}].name: another rule is called {name} too.";
        }
    }
}
