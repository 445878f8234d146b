using Plumbline.Bench;

// One file per benchmark; each prints a table row that README.md holds.
return args.FirstOrDefault() switch
{
    "model-page" => await ModelPageBenchmark.RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.WriteLine("dotnet run -c Release --project bench/Plumbline.Bench -- <name>");
    Console.WriteLine("  model-page   the reads of a model page: 100 features x 30 days of hourly points");
    return 2;
}
