using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Pages.Model;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Review;
using Plumbline.Review.Proof;

namespace Plumbline.Dashboard.Pages.Proof;

/// <summary>A new version against the one that answered, and its promotion.</summary>
public sealed partial class ProofPanel
{
    private int _changes;
    private string _reason = "";
    private string? _told;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    /// <summary>The new version.</summary>
    [Parameter, EditorRequired]
    public string Version { get; set; } = "";

    /// <summary>It was promoted or retired.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    [Inject]
    private ProofReading Proofs { get; set; } = null!;

    [Inject]
    private Promotion Promotions { get; set; } = null!;

    [Inject]
    private VersionDeclaration Versions { get; set; } = null!;

    private bool AreShares => Scope.Model.Task != ModelTask.Regression;

    private async Task<Shown> LoadAsync(CancellationToken cancellation) =>
        new(
            await Proofs.ReadAsync(Scope.Model, Version, margin: null, cancellation),
            (string?)(await Versions.FindAsync(Scope.Model, Version, cancellation))?["stage"]
        );

    private async Task PromoteAsync(VersionProof proof)
    {
        var isForced = proof.Verdict != Verdict.Better;
        if (isForced && _reason.Trim().Length == 0)
        {
            _told = "It is not shown to be better: say why it is promoted all the same.";
            return;
        }

        var done = await RunAsync(
            ReviewCommands.PromoteVersion,
            Scope.Model.Name,
            Version,
            async actor =>
                (await Promotions.PromoteAsync(Scope.Model, Version, _reason.Trim(), isForced, actor.Name, CancellationToken.None)).Problem
                == PromotionProblem.None
        );
        await ToldAsync(
            done ? $"{Version} is promoted; whoever serves the model takes it from here." : "It was not promoted: look at it again."
        );
    }

    private async Task RetireAsync()
    {
        await RunAsync(
            ReviewCommands.RetireVersion,
            Scope.Model.Name,
            Version,
            actor => Promotions.RetireAsync(Scope.Model, Version, CancellationToken.None)
        );
        await ToldAsync($"{Version} is retired.");
    }

    private Task ToldAsync(string words)
    {
        _told = words;
        _changes++;
        return OnChanged.InvokeAsync();
    }

    private static string Live(LiveProof live)
    {
        var words = $"Both answered {Figures.Count(live.Pairs)} requests, {Figures.Format(live.Agreement, "ratio")} of them alike.";
        return live.AnyTime is { } interval
            ? $"{words} Over those with ground truth the difference is {Figures.Signed(Math.Round(100 * interval.Lower, 1))} to "
                + $"{Figures.Signed(Math.Round(100 * interval.Upper, 1))} points, however often one looks."
            : words;
    }

    /// <summary>What the panel shows.</summary>
    public sealed record Shown(VersionProof Proof, string? Stage);
}
