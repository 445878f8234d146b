// Both sides of a comparison in one drawing.
import { colour } from './colours.js';
import { safe } from './figures.js';

// What the page is compared with lies under the page's own curve: dotted, in a colour of its own.
export const other = '--cat-2';
export const otherShown = spec => spec.compared?.shown ?? { points: [] };
export const otherLine = (data, extra) => ({ type: 'line', name: 'B', z: 3, data, symbol: 'circle', lineStyle: { color: colour(other), width: 1.5, type: 'dotted' }, itemStyle: { color: colour(other) }, ...extra });
export const sideHead = (spec, hit) => spec.compared ? `<div class="when">${hit.seriesName === 'B' ? `B: ${safe(spec.compared.words)}` : `A: ${safe(spec.compared.own)}`}</div>` : '';
export const hitPoint = (spec, hit) => (hit?.seriesName === 'B' ? otherShown(spec) : hit?.seriesName === 'A' ? spec : { points: [] }).points[hit?.dataIndex];
