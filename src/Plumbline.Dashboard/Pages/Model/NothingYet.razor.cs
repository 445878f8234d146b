using Microsoft.AspNetCore.Components;
using Plumbline.Ingestion.Writing;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>A model of which no window is computed: what has come, and what is missing next.</summary>
public sealed partial class NothingYet
{
    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    private async Task<FirstSteps> ReadAsync(CancellationToken cancellation) =>
        new(Ingestion.ArrivedOf(Scope.Model.Id), await Ledger.NextCloseAsync(Scope.Model, cancellation));

    private string Address(string what) => $"/v1/models/{Scope.Model.Name}/{what}";

    private static string Words(long count, string one, string many) => $"{Figures.Count(count)} {(count == 1 ? one : many)}";

    private sealed record FirstSteps(ArrivedEvents Came, DateTimeOffset? Closes);
}
