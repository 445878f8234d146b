using System.Text.Json;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Review.Retraining.Targets.Kinds;

/// <summary>
/// A program of this machine, without a shell: only one that the configuration file names. It cannot be asked whether it was started: so it
/// is started once at most.
/// </summary>
public sealed class CommandTarget : TargetKind
{
    private const int MaxArguments = 100;

    public override string Name => "command";

    public override int Order => 7;

    public override string Title => "Local command";

    public override IReadOnlyList<TargetField> Fields { get; } =
    [
        new("command", "Program") { IsNeeded = true, Hint = "full path, as in retraining.commands" },
        new("arguments", "Arguments")
        {
            IsJson = true,
            MaxLength = 16 * 1024,
            Default = """["{{model}}","{{dataset_uri}}"]""",
        },
        new("time_out", "Longest time")
        {
            Default = "1h",
            Check = text =>
                DurationText.TryParse(text, out var limit) && limit >= TimeSpan.FromSeconds(1) && limit <= TimeSpan.FromDays(30)
                    ? null
                    : "a duration of 1s to 30d such as 2h.",
        },
    ];

    public override Uri? AddressOf(TargetSpecification specification) => null;

    public override bool CanBeAsked(TargetSpecification specification) => true;

    public override IEnumerable<FieldError> Check(TargetSpecification specification, TargetPermissions permissions)
    {
        if (!permissions.Commands.Contains(specification.Text("command"), StringComparer.Ordinal))
            yield return new("command", NotListed);
        using var arguments = JsonDocument.Parse(specification.Text("arguments")!);
        if (
            arguments.RootElement.ValueKind != JsonValueKind.Array
            || arguments.RootElement.GetArrayLength() > MaxArguments
            || arguments.RootElement.EnumerateArray().Any(argument => argument.ValueKind != JsonValueKind.String)
        )
        {
            yield return new("arguments", $"a list of at most {MaxArguments} texts is needed.");
        }
    }

    public override Task<TargetReply> StartAsync(TargetCall call, CancellationToken cancellation)
    {
        var program = call.Needed("command");
        if (!call.Permissions.Commands.Contains(program, StringComparer.Ordinal))
            return Refused(NotListed);
        if (call.Attempt > 1)
            return Refused("the server stopped while it started the program; whether it ran is not known");
        // Each argument by itself, and after the list is read: nothing that is filled in can become another one.
        var templates = JsonSerializer.Deserialize<string[]>(call.Needed("arguments"))!;
        var arguments = templates.Select(template => TargetTemplate.Plain(template, call.Request));
        _ = DurationText.TryParse(call.Needed("time_out"), out var limit);
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["PLUMBLINE_RUN"] = call.Request.Run,
            ["PLUMBLINE_CALLBACK_URL"] = call.Request.CallbackUrl,
        };
        return call.Programs.Start(call.Request.Run, program, [.. arguments], environment, limit) is { } problem
            ? Refused(problem)
            : Task.FromResult(new TargetReply(TargetVerdict.Accepted));
    }

    public override Task<TargetAnswer> AskAsync(TargetCall call, string? remoteId, CancellationToken cancellation) =>
        Task.FromResult(
            new TargetAnswer(
                call.Programs.Find(call.Request.Run)
                    ?? new RunReport(RunState.Failed, Message: "the server stopped meanwhile; what became of the program is not known")
            )
        );

    private const string NotListed = "only a program that the configuration file lists in retraining.commands can be started.";

    private static Task<TargetReply> Refused(string reason) => Task.FromResult(new TargetReply(TargetVerdict.Refused, reason));
}
