using System.Globalization;

namespace Plumbline.Dashboard.Panels;

/// <summary>Ids for panels. Not a static field of the panel itself: a generic type has one of those per content type.</summary>
internal static class PanelIds
{
    private static int _count;

    public static string Next() => "panel-" + Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture);
}
