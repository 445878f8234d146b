using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Plumbline.Registry.Access;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Frame;

/// <summary>
/// Shows a page to those who may see it, and leads the others elsewhere. Its endpoint asks too, but only for the first page of a
/// connection; this is asked whenever another page is chosen, and whenever who is signed in changes.
/// </summary>
public sealed partial class PageGate
{
    private Actor? _actor;
    private bool _may;
    private bool _told;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    /// <summary>The page.</summary>
    [Parameter, EditorRequired]
    public Type Page { get; set; } = null!;

    [Parameter, EditorRequired]
    public RenderFragment ChildContent { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        _actor = Actor.Of((await Authentication).User);
        _may = PageNeedsAttribute.Of(Page).Allows(_actor);
        _told = false;
        if (_may)
            return;
        // A form and a cookie are what a connection cannot do: the browser asks for the page anew.
        if (!_actor.MaySeeAny)
        {
            var here = Navigation.ToBaseRelativePath(Navigation.Uri);
            Navigation.NavigateTo(Frame.LeavesFor ?? Links.With(Links.SignIn, ("returnUrl", $"/{here}")), forceLoad: true);
        }
        else if (!_actor.MaySee(ApiRole.Read))
        {
            Navigation.NavigateTo(Links.Review, replace: true);
        }
        else
        {
            _told = true;
        }
    }
}
