// How far a value axis goes and where its ticks are.
export const percents = ['ratio', 'share', 'probability'];

// The value axis of lines: what the lines need, and of their bands as much again; what is the same everywhere gets room around it.
export function bounds(spec) {
  const points = spec.series.flatMap(line => line.points.filter(p => p[1] !== null)), parts = spec.height < 115 ? 2 : 3;
  const share = percents.includes(spec.unit), known = v => v !== null && v !== undefined;
  if (points.length === 0) return { min: spec.min ?? 0, max: spec.max ?? 1, interval: ((spec.max ?? 1) - (spec.min ?? 0)) / parts };
  let low = Math.min(...points.map(p => p[1])), high = Math.max(...points.map(p => p[1]));
  const banded = points.filter(p => known(p[2]) && known(p[3]));
  if (banded.length > 0) {
    // Half of the ends of a band lie within this: few wide windows do not flatten the line, and a band never fills the picture.
    const middle = values => values.sort((a, b) => a - b)[values.length >> 1], room = Math.max(high - low, 1e-12);
    const down = Math.max(low - Math.min(...banded.map(p => p[2])), 0), up = Math.max(Math.max(...banded.map(p => p[3])) - high, 0);
    const half = middle(banded.map(p => (p[3] - p[2]) / 2));
    low -= Math.min(down, Math.max(room, 1.5 * half));
    high += Math.min(up, Math.max(room, 1.5 * half));
  }
  if (spec.reference) [low, high] = [Math.min(low, spec.reference.lower), Math.max(high, spec.reference.upper)];
  for (const level of spec.thresholds ?? []) if (level.value < high * 1.6) high = Math.max(high, level.value * 1.1);
  if (known(spec.min)) low = spec.min;
  if (known(spec.max)) high = spec.max;
  if (!(high > low)) {
    const around = Math.abs(high) * .1 || (share ? .05 : 1);
    [low, high] = known(spec.min) ? [low, low + around] : [low - around, high + around];
  }
  const raw = (high - low) / parts, size = 10 ** Math.floor(Math.log10(raw)), interval = [1, 2, 2.5, 5, 10].map(step => step * size).find(step => step >= raw * .999);
  const round = v => Number(v.toPrecision(12));
  let min = known(spec.min) ? spec.min : round(Math.floor(low / interval + 1e-9) * interval), max = known(spec.max) ? spec.max : round(Math.ceil(high / interval - 1e-9) * interval);
  // No share is above 1, no amount of one sign crosses 0.
  if (share && max > 1 && high <= 1.0001) max = 1;
  if (min < 0 && low >= 0) min = 0;
  return { min, max, interval };
}
