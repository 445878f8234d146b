using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Pages.Model;
using Plumbline.Registry.Text;
using Plumbline.Review.Answers;

namespace Plumbline.Dashboard.Pages.Review;

/// <summary>What annotators have done, and how well they agree.</summary>
public sealed partial class AnnotatorsPanel
{
    private const int Days = 30;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    [Inject]
    private AnnotatorProgress Annotators { get; set; } = null!;

    private Task<IReadOnlyList<AnnotatorRecord>> LoadAsync(CancellationToken cancellation) =>
        Annotators.OfAsync(Scope.Model, Days, cancellation);

    private static string Share(int part, int whole) => whole == 0 ? "–" : $"{Figures.Share(part, whole)} of {Figures.Count(whole)}";
}
