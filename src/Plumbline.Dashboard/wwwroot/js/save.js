// Takes a panel out of the page: its numbers as CSV or JSON, its picture as PNG. All of it happens in the browser, from what is shown.
import { seriesOf, tablesOf } from './tables.js';
import { picture } from './picture.js';

/** What is saved is of this page, range and scope, whoever opens it later. */
function about(panel) {
  const main = panel.closest('main'), address = new URL(location.href), kept = address.searchParams;
  const times = tablesOf(panel).map(table => table.spec).filter(spec => spec?.from && spec.kind !== 'curve');
  const [from, to] = times.length > 0
    ? [Math.min(...times.map(spec => spec.from)), Math.max(...times.map(spec => spec.to))].map(ms => new Date(ms).toISOString().slice(0, 19) + 'Z')
    : [main?.dataset.from ?? null, main?.dataset.to ?? null];
  const path = address.pathname.split('/').filter(part => part !== '').map(decodeURIComponent);
  // A range that moves would show something else tomorrow.
  if (from !== null) {
    kept.delete('range');
    kept.set('from', from);
    kept.set('to', to);
  }
  address.hash = '';
  return {
    panel: panel.querySelector('h2').textContent.trim(), address: address.href,
    model: ['models', 'explore'].includes(path[0]) ? path[1] ?? null : null, version: kept.get('version'), segment: kept.get('segment'), compare: kept.get('compare'),
    range: from === null ? null : { from, to }
  };
}

// ---- CSV: RFC 4180
/** A text that a spreadsheet would take for a formula is led by an apostrophe; numbers are numbers. */
const harmless = value => /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(value) ? `'${value}` : value;
const quoted = value => /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
const cell = value => value === null || value === undefined ? '' : typeof value === 'number' ? String(value) : quoted(harmless(String(value)));
const headed = column => column.unit === '' ? column.name : `${column.name} (${column.unit})`;

/** Tables of one shape become one, with the name of each chart before its rows; lines over the same windows stand side by side. */
function blocks(tables) {
  const side = tables.filter(table => table.spec?.kind === 'timeseries'), others = tables.filter(table => !side.includes(table));
  const groups = Map.groupBy(others, table => JSON.stringify(table.columns));
  return [
    ...(side.length > 0 ? [beside(side)] : []),
    ...[...groups.values()].map(group => group.length === 1 ? group[0] : {
      title: '', columns: [{ name: 'chart', unit: '' }, ...group[0].columns], rows: group.flatMap(table => table.rows.map(row => [table.title, ...row]))
    })
  ];
}
function beside(tables) {
  const windows = new Map();
  tables.forEach((table, place) => {
    for (const row of table.rows) (windows.get(row[0] + row[1]) ?? windows.set(row[0] + row[1], []).get(row[0] + row[1]))[place] = row;
  });
  const names = tables.map(table => table.columns.map(column => column.name).join());
  // Small multiples have the same lines: then the chart says which is which.
  const told = new Set(names).size < names.length;
  return {
    title: tables.map(table => table.title).join(', '),
    columns: [...tables[0].columns.slice(0, 2), ...tables.flatMap(table => table.columns.slice(2).map(column => told ? { ...column, name: `${table.title}: ${column.name}` } : column))],
    rows: [...windows.entries()].sort(([a], [b]) => a < b ? -1 : 1).map(([, row]) => {
      const first = row.find(Boolean);
      return [first[0], first[1], ...tables.flatMap((table, place) => row[place]?.slice(2) ?? table.columns.slice(2).map(() => null))];
    })
  };
}
export function csv(panel) {
  const parts = blocks(tablesOf(panel));
  return parts.map(part => [
    ...(parts.length > 1 && part.title ? [cell(part.title)] : []), part.columns.map(column => cell(headed(column))).join(','), ...part.rows.map(row => row.map(cell).join(','))
  ].join('\r\n') + '\r\n').join('\r\n');
}

// ---- JSON: lines with their points, all else as rows with named values
export function json(panel) {
  const tables = tablesOf(panel).filter(table => table.spec?.kind !== 'timeseries' && !(table.spec?.kind === 'latency' && table.columns.length !== 5));
  const series = seriesOf(panel), one = series.flatMap(line => line.points).at(-1);
  return JSON.stringify({
    ...about(panel), window_seconds: one ? (Date.parse(one.window_end) - Date.parse(one.window_start)) / 1000 : null, saved_at: new Date().toISOString(),
    series, tables: tables.map(table => ({ title: table.title, columns: table.columns, rows: table.rows }))
  }, null, 2);
}

const types = { csv: 'text/csv;charset=utf-8', json: 'application/json', png: 'image/png' };
const plain = text => text.normalize('NFKD').replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^-+|-+$/g, '').slice(0, 60).toLowerCase();
function name(panel, kind) {
  const what = about(panel), time = text => text.replace(/:\d\d(\.\d+)?Z$/, '').replaceAll(':', '').replaceAll('-', '');
  return [what.model, what.panel, what.range && `${time(what.range.from)}-${time(what.range.to)}`].filter(Boolean).map(plain).join('_') + `.${kind}`;
}

/** Gives the reader a file. */
export async function save(panel, kind) {
  const content = kind === 'png' ? await picture(panel, about(panel)) : new Blob([kind === 'csv' ? csv(panel) : json(panel)], { type: types[kind] });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name(panel, kind);
  link.click();
  // The download has begun by then; the browser keeps what it reads.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
