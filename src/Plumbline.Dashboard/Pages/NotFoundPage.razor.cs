namespace Plumbline.Dashboard.Pages;

/// <summary>An address that is no page.</summary>
public sealed partial class NotFoundPage
{
    protected override void OnInitialized() => Frame.Show([("Not found", null)]);
}
