using Microsoft.AspNetCore.Components;
using Plumbline.Registry.Access;

namespace Plumbline.Dashboard.Pages;

/// <summary>An address that is no page.</summary>
public sealed partial class NotFoundPage
{
    /// <summary>Who is signed in.</summary>
    [CascadingParameter]
    public Actor Actor { get; set; } = null!;

    protected override void OnInitialized() => Frame.Show([("Not found", null)]);
}
