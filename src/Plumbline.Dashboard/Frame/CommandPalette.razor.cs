using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Plumbline.Registry.Access;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Frame;

/// <summary>Jumps to a place by typing a part of its name.</summary>
public sealed partial class CommandPalette
{
    private ElementReference _dialog;
    private ElementReference _input;
    private string _text = "";
    private int _chosen;
    private IReadOnlyList<PalettePlace> _incidents = [];

    /// <summary>Incidents that are looked through: what is open, and the newest of what is over.</summary>
    private const int MostIncidents = 200;
    private IReadOnlyList<PalettePlace> _found = [];

    [Parameter, EditorRequired]
    public PageScope Scope { get; set; } = null!;

    /// <summary>Who is signed in: what they may not see is not found.</summary>
    [Parameter, EditorRequired]
    public Actor Actor { get; set; } = null!;

    public async Task OpenAsync()
    {
        _text = "";
        var listed = Actor.MaySee(ApiRole.Read)
            ? await Incidents.ListAsync(new() { ByUrgency = true, Limit = MostIncidents }, CancellationToken.None)
            : [];
        _incidents =
        [
            .. listed.Select(incident => new PalettePlace(
                $"Incident {incident.Id}: {incident.Headline}",
                incident.Severity.ToString().ToLowerInvariant(),
                Links.Incident(incident.Id)
            )),
        ];
        await FindAsync();
        StateHasChanged();
        await Browser.OpenAsync(_dialog);
        await _input.FocusAsync();
    }

    private Task FindAsync()
    {
        (_chosen, _found) = (0, Search.Find(_text, Scope, _incidents, Actor));
        return Task.CompletedTask;
    }

    private async Task OnKeyAsync(KeyboardEventArgs press)
    {
        switch (press.Key)
        {
            case "ArrowDown":
                _chosen = Math.Min(_chosen + 1, Math.Max(_found.Count - 1, 0));
                break;
            case "ArrowUp":
                _chosen = Math.Max(_chosen - 1, 0);
                break;
            case "Enter" when _found.Count > _chosen:
                await Browser.CloseAsync(_dialog);
                Navigation.NavigateTo(_found[_chosen].Address);
                break;
        }
    }
}
