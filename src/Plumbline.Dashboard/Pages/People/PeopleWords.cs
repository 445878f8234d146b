using Plumbline.Registry.Access;

namespace Plumbline.Dashboard.Pages.People;

/// <summary>How pages speak of roles.</summary>
internal static class PeopleWords
{
    /// <summary>Every role with what it may.</summary>
    public static IReadOnlyList<(ApiRole Role, string Words)> Roles { get; } =
    [
        (ApiRole.Ingest, "sends events"),
        (ApiRole.Annotate, "answers review tasks, sees nothing else"),
        (ApiRole.Read, "sees everything"),
        (ApiRole.Review, "sees everything, answers review tasks"),
        (ApiRole.Operate, "declares models and rules, handles incidents"),
        (ApiRole.Admin, "everything"),
    ];

    /// <summary>Names of models as they are typed, with commas or spaces between them.</summary>
    public static IReadOnlyList<string> ModelsOf(string typed) =>
        typed.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
