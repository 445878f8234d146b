using System.Reflection;
using System.Runtime.InteropServices;

namespace Plumbline.Store.Engine;

/// <summary>Finds and loads the engine's shared library, which is too large (566 MB) to copy into every output folder.</summary>
internal static class EngineLibrary
{
    /// <summary>Environment variable that names the library file, above all other places.</summary>
    internal const string OverrideVariable = "PLUMBLINE_ENGINE";

    private const string FileName = "libchdb.so";
    private static readonly Lock Gate = new();
    private static bool _loaded;

    /// <summary>Loads the library once per process and leaves .NET's signal handlers in place.</summary>
    /// <exception cref="EngineUnavailableException">The platform has no engine, or its file is not there or does not load.</exception>
    internal static void Load()
    {
        lock (Gate)
        {
            if (_loaded)
                return;
            var path = Locate(
                RuntimeInformation.RuntimeIdentifier,
                AppContext.BaseDirectory,
                NpmFolder(),
                Environment.GetEnvironmentVariable(OverrideVariable),
                File.Exists
            );
            nint handle;
            try
            {
                handle = NativeLibrary.Load(path);
            }
            catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
            {
                throw new EngineUnavailableException($"The engine {path} does not load: {error.Message}", error);
            }
            NativeLibrary.SetDllImportResolver(
                typeof(EngineLibrary).Assembly,
                (name, _, _) => name == NativeEngine.LibraryName ? handle : 0
            );
            SignalDispositions.Preserve(() => NativeEngine.SetSignalHandlersEnabled(0));
            _loaded = true;
        }
    }

    /// <summary>The library's path: the override, else beside the executable, else the npm folder of the build.</summary>
    internal static string Locate(
        string runtimeIdentifier,
        string baseDirectory,
        string? npmFolder,
        string? overridden,
        Func<string, bool> exists
    )
    {
        if (!string.IsNullOrEmpty(overridden))
        {
            return exists(overridden)
                ? overridden
                : throw new EngineUnavailableException($"{OverrideVariable} names {overridden}, which does not exist.");
        }
        var beside = Path.Combine(baseDirectory, FileName);
        if (exists(beside))
            return beside;
        var package =
            PackageFor(runtimeIdentifier)
            ?? throw new EngineUnavailableException(
                $"There is no engine for this platform ({runtimeIdentifier}). It exists for linux-x64 and linux-arm64 with glibc, "
                    + "osx-arm64 and osx-x64."
            );
        var fetched = npmFolder is null ? null : Path.Combine(npmFolder, "node_modules", "@chdb", package, FileName);
        if (fetched is not null && exists(fetched))
            return fetched;
        throw new EngineUnavailableException(
            $"The engine {FileName} is neither beside the executable ({baseDirectory}) nor where the build fetches it. "
                + $"Build again with Node.js 20 or newer installed (https://nodejs.org), or set {OverrideVariable} to the file."
        );
    }

    private static string? PackageFor(string runtimeIdentifier)
    {
        // A distribution's own identifier (debian.12-x64) ends like the portable one; musl has no build.
        if (
            runtimeIdentifier.Contains("musl", StringComparison.Ordinal)
            || runtimeIdentifier.StartsWith("alpine", StringComparison.Ordinal)
            || runtimeIdentifier.StartsWith("win", StringComparison.Ordinal)
        )
        {
            return null;
        }

        var mac = runtimeIdentifier.StartsWith("osx", StringComparison.Ordinal);
        if (runtimeIdentifier.EndsWith("-x64", StringComparison.Ordinal))
            return mac ? "lib-darwin-x64" : "lib-linux-x64-gnu";
        if (runtimeIdentifier.EndsWith("-arm64", StringComparison.Ordinal))
            return mac ? "lib-darwin-arm64" : "lib-linux-arm64-gnu";
        return null;
    }

    private static string? NpmFolder() =>
        typeof(EngineLibrary)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(attribute => attribute.Key == "PlumblineNpmFolder")
            ?.Value;
}
