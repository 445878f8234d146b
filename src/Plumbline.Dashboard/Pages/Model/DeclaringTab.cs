using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Frame;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>
/// A tab of a model that lists what people declared, and opens one of them to be changed, by its address: <c>?new=1</c>, <c>?edit=NAME</c>.
/// </summary>
/// <typeparam name="T">What is declared.</typeparam>
public abstract class DeclaringTab<T> : ActingComponent
    where T : class
{
    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    /// <summary>What is being changed; null when nothing is, or there is none of that name.</summary>
    protected T? Editing { get; private set; }

    /// <summary>Its name; empty for a new one, null when nothing is open.</summary>
    protected string? Opened { get; private set; }

    /// <summary>Whether it is a new one.</summary>
    protected bool IsNew => Opened is { Length: 0 };

    /// <summary>What was done last, in words.</summary>
    protected string? Told { get; private set; }

    /// <summary>Grows with each change: lists are read again.</summary>
    protected int Changes { get; private set; }

    /// <summary>A new one, as it is before anybody has written anything.</summary>
    protected abstract T Begun();

    /// <summary>The one of a name; null when there is none.</summary>
    protected abstract Task<T?> FindAsync(string name);

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var opened = Scope.Page["new"] is not null ? "" : Scope.Page["edit"];
        if (opened == Opened)
            return;
        Opened = opened;
        Editing = opened switch
        {
            null => null,
            "" => Begun(),
            _ => await FindAsync(opened),
        };
    }

    /// <summary>Says what was done, and has lists read again.</summary>
    protected void Changed(string? told) => (Told, Changes) = (told, Changes + 1);
}
