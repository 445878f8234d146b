using System.Reflection;

namespace Plumbline.Server.Tests.Processes;

/// <summary>The server's own build output, as a user would start it: the tests' output folder has no sample beside it.</summary>
internal static class BuiltServer
{
    public static string Folder { get; } = Find();

    public static string Program => Path.Combine(Folder, "plumbline.dll");

    private static string Find()
    {
        var configuration = typeof(BuiltServer).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var output = Path.Combine(folder.FullName, "src", "Plumbline.Server", "bin", configuration, "net10.0");
            if (Directory.Exists(output))
                return output;
        }

        throw new DirectoryNotFoundException($"There is no output of Plumbline.Server above {AppContext.BaseDirectory}.");
    }
}
