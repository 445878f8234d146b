// Numbers and times as the pages write them: three significant digits with unit, the reader's own time zone.
import { percents } from './axes.js';

const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const safe = text => String(text ?? '').replace(/[&<>"']/g, c => escapes[c]);
const counts = ['count', 'rows', 'requests'];
export function figure(value, unit = '') {
  if (value === null || value === undefined || Number.isNaN(value)) return '\u2013';
  if (percents.includes(unit)) return `${digits(value * 100)} %`;
  if (unit === 'ms') return value >= 10000 ? `${digits(value / 1000)} s` : `${digits(value)} ms`;
  const size = Math.abs(value);
  const [scaled, step] = size >= 1e9 ? [value / 1e9, ' G'] : size >= 1e6 ? [value / 1e6, ' M'] : size >= 1e4 ? [value / 1e3, ' k'] : [value, ''];
  const counted = counts.includes(unit), text = counted && step === '' ? Math.round(scaled).toLocaleString('en') : digits(scaled);
  return text + step + (unit && !counted ? ` ${unit}` : '');
}
function digits(value) {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en');
  if (size < 1e-4) return value.toExponential(1).replace('-', '\u2212');
  return String(Number(value.toPrecision(3))).replace('-', '\u2212');
}
const momentFormat = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hour12: false });
export const moment = ms => momentFormat.format(ms);
export const utc = ms => new Date(ms).toISOString().slice(0, 16).replace('T', ' ') + ' UTC';
