using System.Globalization;
using System.Text;
using Plumbline.Registry.Text;

namespace Plumbline.Review.Policies;

/// <summary>A policy as the configuration file declares it.</summary>
public static class PolicyYaml
{
    private const string Margin = "        ";

    /// <summary>What stands in the file: the group <c>review</c> with this policy of a model, every field of it.</summary>
    public static string Write(string model, ReviewPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var text = new StringBuilder();
        text.Append("review:\n  policies:\n    - model: ").Append(Quoted(model)).Append("\n      policy:\n");
        Add("name", Quoted(policy.Name));
        Add("enabled", Word(policy.Enabled));
        Add("per_day", Number(policy.PerDay));
        Add("uniform_share", Number(policy.UniformShare));
        Add("weights", $"{{{string.Join(", ", policy.Weights.Select(pair => $"{pair.Key}: {Number(pair.Value)}"))}}}");
        Add("sharpness", Number(policy.Sharpness));
        if (policy.QuotaBy is { } quota)
            Add("quota_by", Quoted(quota));
        Add("quota_share", Number(policy.QuotaShare));
        Add("diverse", Word(policy.Diverse));
        Add("filter", policy.Filter.IsEmpty ? "[]" : $"\n{string.Join('\n', policy.Filter.Select(one => $"{Margin}  - {Quoted(one)}"))}");
        Add("only_unlabelled", Word(policy.OnlyUnlabelled));
        Add("max_age", DurationText.Format(policy.MaxAge));
        Add("annotators", Number(policy.Annotators));
        Add("show_answer", Word(policy.ShowAnswer));
        Add("gold_share", Number(policy.GoldShare));
        Add("guidelines", Quoted(policy.Guidelines));
        return text.ToString();

        void Add(string key, string value) =>
            text.Append(Margin).Append(key).Append(value.StartsWith('\n') ? ":" : ": ").Append(value).Append('\n');
    }

    private static string Word(bool flag) => flag ? "true" : "false";

    private static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    // Always quoted: a name such as "no" or "1.0" would be read as something else by other readers.
    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            quoted.Append(
                letter switch
                {
                    '"' => "\\\"",
                    '\\' => "\\\\",
                    '\n' => "\\n",
                    '\r' => "\\r",
                    '\t' => "\\t",
                    '\u2028' or '\u2029' or '\u0085' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                    _ when char.IsControl(letter) => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}"),
                    _ => letter.ToString(),
                }
            );
        }

        return quoted.Append('"').ToString();
    }
}
