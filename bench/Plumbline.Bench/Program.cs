Console.WriteLine("Benchmarks are added by name; see README.md");
