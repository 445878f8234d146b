using System.Collections.Frozen;

namespace TicketRouter.Tickets;

/// <summary>
/// The phrases of one language, read from the embedded <c>phrases.*.txt</c>: subjects (s) and sentences (b) per topic, greetings (g),
/// filler (f).
/// </summary>
public sealed class PhraseBook
{
    private static readonly string[] Products =
    [
        "Aurora",
        "Bento",
        "Cobalt Pro",
        "Drift 2",
        "Ember Lamp",
        "Fjord Desk",
        "Grove",
        "Harbor Mini",
        "Iris Camera",
        "Juno Headset",
    ];

    private readonly FrozenDictionary<string, string[]> _subjects;
    private readonly FrozenDictionary<string, string[]> _sentences;

    private PhraseBook(
        string language,
        Dictionary<string, List<string>> subjects,
        Dictionary<string, List<string>> sentences,
        string[] greetings,
        string[] filler
    )
    {
        Language = language;
        _subjects = subjects.ToFrozenDictionary(p => p.Key, p => p.Value.ToArray());
        _sentences = sentences.ToFrozenDictionary(p => p.Key, p => p.Value.ToArray());
        Greetings = greetings;
        Filler = filler;
    }

    public string Language { get; }
    public string[] Greetings { get; }
    public string[] Filler { get; }

    public static FrozenDictionary<string, PhraseBook> All { get; } =
        new[] { "en", "de", "fr", "pt" }.Select(Read).ToFrozenDictionary(book => book.Language);

    public string[] Subjects(Topic topic) => _subjects[topic.Name];

    public string[] Sentences(Topic topic) => _sentences[topic.Name];

    /// <summary>Fills the places of a phrase; always the same number of draws, whatever the phrase holds.</summary>
    public string Fill(string phrase, SeededRandom random, double amount)
    {
        var month = 1 + random.Next(12);
        var number = 100 + random.Next(900_000);
        var days = 2 + random.Next(28);
        var product = random.Pick(Products);
        if (!phrase.Contains('{', StringComparison.Ordinal))
            return phrase;
        return phrase
            .Replace("{month}", Months[Language][month - 1], StringComparison.Ordinal)
            .Replace("{number}", $"{number}", StringComparison.Ordinal)
            .Replace("{days}", $"{days}", StringComparison.Ordinal)
            .Replace("{amount}", amount.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{product}", product, StringComparison.Ordinal);
    }

    private static readonly Dictionary<string, string[]> Months = new(StringComparer.Ordinal)
    {
        ["en"] = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
        ["de"] = ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"],
        ["fr"] = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
        ["pt"] =
        [
            "janeiro",
            "fevereiro",
            "março",
            "abril",
            "maio",
            "junho",
            "julho",
            "agosto",
            "setembro",
            "outubro",
            "novembro",
            "dezembro",
        ],
    };

    private static PhraseBook Read(string language)
    {
        var name = $"phrases.{language}.txt";
        using var stream =
            typeof(PhraseBook).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is missing.");
        using var reader = new StreamReader(stream);
        var subjects = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var sentences = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        List<string> greetings = [],
            filler = [];
        var topic = "";
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('['))
            {
                topic = line.Trim('[', ']');
                subjects[topic] = [];
                sentences[topic] = [];
                continue;
            }

            var target = line[0] switch
            {
                's' => subjects[topic],
                'b' => sentences[topic],
                'g' => greetings,
                'f' => filler,
                _ => throw new InvalidDataException($"{name}: {line}"),
            };
            target.Add(line[2..]);
        }

        return new PhraseBook(language, subjects, sentences, [.. greetings], [.. filler]);
    }
}
