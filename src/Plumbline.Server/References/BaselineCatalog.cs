namespace Plumbline.Server.References;
public sealed class BaselineCatalog { public Baseline? Find(int modelId) => null; }
