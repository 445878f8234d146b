using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Rules;

/// <summary>What is answered where a rule cannot be taken.</summary>
internal static class RuleProblems
{
    /// <summary>A rule with violations.</summary>
    public static IResult Invalid(IReadOnlyList<FieldError> errors) =>
        Problems.Invalid("rule_invalid", "The rule cannot be judged; see errors.", errors);
}
