namespace Plumbline.Registry;

/// <summary>What of the configuration every part of a server has to know: where its data lies, where it is reached.</summary>
public abstract record InstanceOptions
{
    /// <summary>
    /// The address that the embedded default listens on: loopback only, so that an unconfigured server is not on the network.
    /// </summary>
    public const string DefaultUrls = "http://127.0.0.1:5070";

    /// <summary>
    /// Folder of everything durable: spool, state and the engine's files. Created when missing. Default <c>plumbline-data</c> in the
    /// working folder.
    /// </summary>
    public string DataDirectory { get; init; } = "plumbline-data";

    /// <summary>Semicolon-separated addresses to listen on. Other machines' access needs an account or an API key: without, a server on an
    /// address other than loopback refuses to start.</summary>
    public string Urls { get; init; } = DefaultUrls;

    /// <summary>The embedded engine.</summary>
    public EngineOptions Engine { get; init; } = new();

    /// <summary>
    /// Where people reach this server, such as https://plumbline.example.com: links in notifications begin with it. Default null: the first
    /// of <see cref="Urls"/>.
    /// </summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>True when this server shows generated data: the pages say so.</summary>
    public bool IsDemo { get; init; }

    /// <summary>True when the process ends with this server; not a setting of people: the verbs that are a server set it.</summary>
    internal bool EndsWithProcess { get; init; }
}
