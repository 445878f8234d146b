using System.Collections.Immutable;
using Plumbline.Registry.Access;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Accounts;

/// <summary>What accounts and keys may be like.</summary>
internal static class AccountRules
{
    public const int MaxName = 100;
    public const int MinPassword = 12;
    public const int MaxPassword = 200;
    private const int MaxModels = 100;
    private const int MaxModelName = 128;

    // Who is recorded where nobody signed in.
    private static readonly string[] Reserved = ["open", "unknown"];

    private static readonly string RolesOfAccounts = string.Join(
        ", ",
        Enum.GetValues<ApiRole>().Where(role => role != ApiRole.Ingest).Select(role => role.Word())
    );

    public static void CheckName(string? name, List<FieldError> errors)
    {
        if (name is null or { Length: 0 or > MaxName })
            errors.Add(new("name", $"1..{MaxName} characters are needed."));
        else if (!name.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '.' or '_' or '-' or '@'))
            errors.Add(new("name", "it is made of A-Z a-z 0-9 . _ - @"));
        else if (Reserved.Contains(name, StringComparer.OrdinalIgnoreCase) || name.All(sign => sign == '.'))
            errors.Add(new("name", $"'{name}' cannot be used: choose another name."));
    }

    public static void CheckDisplayName(string name, List<FieldError> errors)
    {
        if (name.Length is 0 or > MaxName || name.Any(char.IsControl))
            errors.Add(new("display_name", $"1..{MaxName} characters, none of them a control character."));
    }

    /// <summary>The role of an account. One that only posts events has no page to sign in for.</summary>
    public static ApiRole AccountRole(string? text, List<FieldError> errors)
    {
        if (ApiRoles.TryParse(text, out var role) && role != ApiRole.Ingest)
            return role;
        errors.Add(new("role", $"'{Problems.Shorten(text ?? "")}' is not one of {RolesOfAccounts}."));
        return ApiRole.Annotate;
    }

    public static ApiRole KeyRole(string? text, List<FieldError> errors)
    {
        if (ApiRoles.TryParse(text, out var role))
            return role;
        errors.Add(new("role", $"'{Problems.Shorten(text ?? "")}' is not one of {ApiRoles.Listed}."));
        return ApiRole.Ingest;
    }

    /// <summary>Names of models; they need not be declared yet.</summary>
    public static ImmutableArray<string> Models(IReadOnlyList<string>? models, List<FieldError> errors)
    {
        ImmutableArray<string> bound = [.. (models ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (bound.Length > MaxModels)
            errors.Add(new("models", $"{bound.Length} models; at most {MaxModels}."));
        if (bound.Any(model => model is null or { Length: 0 or > MaxModelName }))
            errors.Add(new("models", $"names of models have 1..{MaxModelName} characters."));
        return bound;
    }

    public static void CheckBinding(ApiRole role, ImmutableArray<string> models, List<FieldError> errors)
    {
        if (!models.IsEmpty && role != ApiRole.Annotate)
            errors.Add(new("models", "only an account with the role annotate can be bound to models; the pages of the others show all."));
    }

    public static void CheckPassword(string? password, string name, List<FieldError> errors, string field = "password")
    {
        if (password is null || password.Length is < MinPassword or > MaxPassword)
            errors.Add(new(field, $"{MinPassword}..{MaxPassword} characters are needed."));
        else if (string.Equals(password, name, StringComparison.OrdinalIgnoreCase))
            errors.Add(new(field, "it must not be the name."));
    }
}
