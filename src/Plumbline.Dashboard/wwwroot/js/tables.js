// What a panel shows as tables of plain values: from the descriptions of its charts, and from its own tables as they stand there.
// A table is { title, columns: [{ name, unit }], rows: [[..]] }; one `over` time begins with the start and the end of its windows.
import { described } from './charts.js';

const status = ['ok', 'insufficient_data', 'incomplete', 'undefined'];
const iso = ms => new Date(ms).toISOString().replace('.000Z', 'Z');
const column = (name, unit = '') => ({ name, unit });
const times = [column('window_start'), column('window_end')];
const interval = (name, unit) => [column(`${name} lower 95 %`, unit), column(`${name} upper 95 %`, unit)];
const count = 'rows';

// One table per kind of chart; a line of a time axis is [middle, value, lower, upper, n, status, start, end].
const kinds = {
  timeseries: spec => [lines(spec.series, spec.unit)],
  latency: spec => [lines(spec.lines, 'ms'), {
    columns: [...times, column('from', 'ms'), column('to', 'ms'), column('requests', 'share')], over: true,
    rows: spec.cells.map(c => [iso(c[0]), iso(c[1]), c[2], c[3], c[4]])
  }],
  distribution: spec => [{
    columns: [
      column('value'), column('current', 'share'), column('current', count), column('reference', 'share'), column('reference', count),
      ...(spec.comparedWords ? [column(spec.comparedWords, 'share'), column(spec.comparedWords, count)] : [])
    ],
    rows: spec.bins.map(b => [b.title ?? b.label, b.current, b.currentCount, b.reference, b.referenceCount, ...(spec.comparedWords ? [b.compared, b.comparedCount] : [])])
  }],
  heatmap: spec => [{
    columns: [...times, column('row'), column(spec.label, spec.unit), column('n', count), column('status')], over: true,
    rows: spec.cells.map(c => [iso(c[0]), iso(c[1]), spec.rows[c[2]], c[3], c[4], status[c[5]]])
  }],
  share: spec => [{
    columns: [...times, column('series'), column('rows', 'share'), column('n of the window', count)], over: true,
    rows: spec.cells.map(c => [iso(c[0]), iso(c[1]), spec.series[c[4]].name, c[3] - c[2], c[5]])
  }],
  reliability: spec => [sided(
    spec, [column('from', 'share'), column('to', 'share'), column('mean predicted', 'share'), column('observed', 'share'), ...interval('observed', 'share'), column('n', count)],
    p => [p.from, p.to, p.mean, p.rate, p.lower, p.upper, p.n]
  )],
  roc: spec => [sided(spec, [column('score at least'), column('true positive rate', 'share'), column('false positive rate', 'share')], p => [p[2], p[1], p[0]])],
  curve: spec => [sided(spec, [column(spec.xName), column(spec.yName, spec.unit), ...interval(spec.yName, spec.unit)], p => [p[4], p[1], p[2], p[3]])],
  waterfall: spec => [{
    columns: [column('step'), column('adds', spec.unit), ...interval('adds', spec.unit), column('then', spec.unit)],
    rows: spec.steps.map(s => [s.name, s.total ? null : s.to - s.from, s.lower ?? null, s.upper ?? null, s.to])
  }]
};

/** The points of a curve; where it is compared with another, those of both, each with what its side is called. */
function sided(spec, columns, row) {
  if (!spec.compared) return { columns, rows: spec.points.map(row) };
  const side = (words, points) => points.map(p => [words, ...row(p)]);
  return {
    columns: [column('side'), ...columns],
    rows: [...side(`A: ${spec.compared.own}`, spec.points), ...side(`B: ${spec.compared.words}`, spec.compared.shown?.points ?? [])]
  };
}

/** Lines of a time axis side by side, a row for each window of any of them. */
function lines(series, unit) {
  const windows = new Map();
  series.forEach((line, place) => {
    for (const p of line.points) {
      const key = `${p[6]} ${p[7]}`, row = windows.get(key) ?? windows.set(key, { at: p, cells: [] }).get(key);
      row.cells[place] = [p[1], p[2], p[3], p[4], status[p[5]]];
    }
  });
  return {
    over: true,
    columns: [...times, ...series.flatMap(line => [column(line.name, unit), ...interval(line.name, unit), column(`${line.name} n`), column(`${line.name} status`)])],
    rows: [...windows.values()].sort((a, b) => a.at[6] - b.at[6] || a.at[7] - b.at[7])
      .map(row => [iso(row.at[6]), iso(row.at[7]), ...series.flatMap((_, place) => row.cells[place] ?? [null, null, null, null, null])])
  };
}

// ---- tables that stand in the page: numbers as they are shown, their unit in the header where all of a column have the same
const scales = { k: 1e3, M: 1e6, G: 1e9 };
function number(text) {
  const found = /^([+\u2212-]?[\d,]*\.?\d+(?:e[\u2212-]?\d+)?)(?: ([kMG])(?= |$))?(?: ([\p{L}%/][^\u00b7\d]{0,11}))?$/u.exec(text);
  if (!found) return null;
  const value = Number(found[1].replaceAll(',', '').replaceAll('\u2212', '-'));
  return Number.isNaN(value) ? null : { value: value * (scales[found[2]] ?? 1), unit: found[3] ?? '' };
}
const nothing = text => text === '' || text === '\u2013';
function text(cell) {
  const copy = cell.cloneNode(true);
  for (const hidden of copy.querySelectorAll('.visually-hidden, [aria-hidden="true"], svg, button')) hidden.remove();
  // A time is written as it is stored.
  for (const time of copy.querySelectorAll('time[datetime]')) time.replaceWith(` ${time.getAttribute('datetime')} `);
  // What stands apart in the page stands apart in the file.
  for (const part of copy.querySelectorAll('*')) part.before(' ');
  return copy.textContent.replace(/\s+/g, ' ').replace(/ (?=[,;.:)](?: |$))/g, '').trim();
}
function standing(table) {
  const head = [...table.tHead?.rows ?? []].at(-1), body = [...table.tBodies].flatMap(part => [...part.rows]);
  const cells = body.map(row => [...row.cells].map(text));
  const width = Math.max(0, ...cells.map(row => row.length));
  const columns = [];
  for (let at = 0; at < width; at++) {
    const name = head?.cells[at] ? text(head.cells[at]) : '', values = cells.map(row => row[at] ?? '').filter(value => !nothing(value));
    const numbers = values.map(number), unit = numbers[0]?.unit ?? '';
    const plain = numbers.length > 0 && numbers.every(found => found !== null && found.unit === unit);
    columns.push(column(name || `column ${at + 1}`, plain ? unit : ''));
    for (const row of cells) row[at] = nothing(row[at] ?? '') ? null : plain ? number(row[at]).value : row[at];
  }
  // Columns without a word, of marks and buttons, say nothing in a file.
  const worded = columns.map((head, at) => !/^column \d+$/.test(head.name) || cells.some(row => row[at] !== null));
  return { columns: columns.filter((_, at) => worded[at]), rows: cells.map(row => row.filter((_, at) => worded[at])) };
}

/** All that a panel shows, in its order. */
export function tablesOf(panel) {
  const found = [];
  for (const element of panel.querySelectorAll('figure.chart, table')) {
    if (element.matches('table')) {
      if (!element.closest('figure.chart') && element.tBodies.length > 0) found.push({ title: element.caption ? text(element.caption) : '', ...standing(element) });
      continue;
    }
    const spec = described(element.querySelector('.canvas'));
    if (spec) for (const table of kinds[spec.kind](spec)) found.push({ title: element.getAttribute('aria-label'), spec, ...table });
  }
  return found;
}

/** The lines of a panel's charts over time, each with its points: as the HTTP API gives them. */
export function seriesOf(panel) {
  const found = [];
  for (const figure of panel.querySelectorAll('figure.chart')) {
    const spec = described(figure.querySelector('.canvas'));
    for (const line of spec?.kind === 'timeseries' ? spec.series : spec?.lines ?? []) {
      found.push({
        chart: figure.getAttribute('aria-label'), name: line.name, unit: spec.unit ?? 'ms',
        points: line.points.map(p => ({ window_start: iso(p[6]), window_end: iso(p[7]), value: p[1], lower: p[2], upper: p[3], n: p[4], status: status[p[5]] }))
      });
    }
  }
  return found;
}
