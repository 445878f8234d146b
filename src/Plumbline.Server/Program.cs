using Plumbline.Server.Hosting;

await PlumblineHost.Build(new PlumblineOptions()).RunAsync();
