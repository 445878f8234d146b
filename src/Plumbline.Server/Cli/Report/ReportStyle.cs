namespace Plumbline.Server.Cli.Report;

/// <summary>The style sheet of a report: inside the page, so that the page is one file.</summary>
internal static class ReportStyle
{
    public const string Text = """
        :root{color-scheme:light dark;--bg:#fff;--panel:#f6f7f9;--line:#dde1e7;--text:#1b2430;--soft:#5b6676;--ref:#5b7fb5;--cur:#d9730d;
        --bad:#b42318;--badbg:#fdecea;--good:#1f7a4d;--goodbg:#e7f5ee}
        @media (prefers-color-scheme:dark){:root{--bg:#11161d;--panel:#191f28;--line:#2d3642;--text:#e6eaf0;--soft:#9aa6b6;--ref:#7fa6e0;
        --cur:#f59a3f;--bad:#ff8a7d;--badbg:#3a1b19;--good:#6fd3a0;--goodbg:#15301f}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:1160px;padding:24px 20px 60px;background:var(--bg);color:var(--text);
        font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-variant-numeric:tabular-nums}
        h1{font-size:26px;line-height:1.2;margin:0 0 4px;overflow-wrap:anywhere}h2{font-size:19px;margin:36px 0 12px}
        h3{font-size:17px;margin:0;overflow-wrap:anywhere}
        p{margin:4px 0}a{color:inherit}.soft{color:var(--soft)}.small{font-size:13px}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:20px 0}
        .tile{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:12px 14px}
        .tile b{display:block;font-size:24px;line-height:1.25}
        .note{border:1px solid var(--line);border-left:4px solid var(--cur);border-radius:6px;padding:8px 14px;margin:10px 0;
        overflow-wrap:anywhere}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:6px 10px;
        border-bottom:1px solid var(--line);vertical-align:top}
        th{color:var(--soft);font-weight:600;font-size:13px}.n{text-align:right}td.n{white-space:nowrap}
        td.name{overflow-wrap:anywhere;min-width:110px}
        .badge{display:inline-block;border-radius:10px;padding:1px 9px;font-size:13px;white-space:nowrap;
        background:var(--panel);color:var(--soft)}
        .badge.bad{background:var(--badbg);color:var(--bad)}.badge.good{background:var(--goodbg);color:var(--good)}
        .column{border:1px solid var(--line);border-radius:8px;padding:16px 18px;margin:14px 0;scroll-margin-top:12px;break-inside:avoid}
        .head{display:flex;flex-wrap:wrap;gap:4px 10px;align-items:center;margin-bottom:4px}
        .two{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:22px;margin-top:10px}
        .key i{display:inline-block;width:11px;height:11px;border-radius:2px;margin:0 5px 0 0}.key span{margin-right:14px}
        .key .ref{background:var(--ref)}.key .cur{background:var(--cur)}
        svg{display:block;width:100%;height:auto}svg text{fill:var(--soft);font-size:12px;font-family:inherit}
        .axis{stroke:var(--line)}.ref.area,.ref.bar{fill:var(--ref)}.cur.area,.cur.bar{fill:var(--cur)}.area{opacity:.22}
        .line{fill:none;stroke-width:1.8;vector-effect:non-scaling-stroke}.ref.line{stroke:var(--ref)}.cur.line{stroke:var(--cur)}
        .meter{height:8px;min-width:90px;background:var(--panel);border:1px solid var(--line);border-radius:4px;
        position:relative;margin-top:7px}
        .meter i{display:block;height:100%;background:var(--good);border-radius:3px}.meter.bad i{background:var(--bad)}
        .matrix td,.matrix th{text-align:right;border:1px solid var(--line)}.matrix .hit{font-weight:600}
        @media (max-width:720px){body{padding:16px 12px 40px}h1{font-size:22px}.two{grid-template-columns:minmax(0,1fr)}
        .column{padding:12px}th,td{padding:5px 6px}.wide{display:none}}
        @media print{body{max-width:none}a{text-decoration:none}}
        """;
}
