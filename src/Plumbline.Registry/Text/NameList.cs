using System.Text;

namespace Plumbline.Registry.Text;

/// <summary>
/// Names or values in one parameter of a URL, separated by commas; a backslash takes the character behind it as it is: <c>\,</c>,
/// <c>\*</c>, <c>\\</c>.
/// </summary>
public static class NameList
{
    /// <summary>The parts, empty ones included.</summary>
    public static List<string> Split(string list)
    {
        ArgumentNullException.ThrowIfNull(list);
        var values = new List<string>();
        var value = new StringBuilder();
        for (var index = 0; index < list.Length; index++)
        {
            if (list[index] == '\\' && index + 1 < list.Length)
            {
                value.Append(list[++index]);
            }
            else if (list[index] != ',')
            {
                value.Append(list[index]);
            }
            else
            {
                values.Add(value.ToString());
                value.Clear();
            }
        }

        values.Add(value.ToString());
        return values;
    }
}
