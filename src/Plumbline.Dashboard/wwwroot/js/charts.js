// Draws every chart of the pages with ECharts. C# sends a small description (kind + numbers); this module holds
// nothing but the live charts: their crosshair, their zoom, their colours per theme.
import { bounds } from './axes.js';
import { colour, hatch, viridis } from './colours.js';
import { figure, moment, safe, utc } from './figures.js';
import { hitPoint, other, otherLine, otherShown, sideHead } from './sides.js';

const live = new Map();
let library;

function loadLibrary() {
  if (globalThis.echarts) return Promise.resolve(globalThis.echarts);
  library ??= new Promise((resolve, reject) => {
    // Most pages with charts have begun to load it with their head. Where the document is complete and it is not there, that failed.
    const begun = document.readyState === 'complete' ? null : document.querySelector('head script[src$="echarts.min.js"]');
    const script = begun ?? document.createElement('script');
    script.addEventListener('load', () => resolve(globalThis.echarts));
    script.addEventListener('error', () => reject(new Error('The chart library could not be loaded.')));
    if (begun) return;
    script.src = new URL('../lib/echarts.min.js', import.meta.url).href;
    document.head.append(script);
  });
  return library;
}

// ---- pieces shared by the kinds
const font = 'system-ui, sans-serif';
function axis(extra) {
  return {
    axisLine: { lineStyle: { color: colour('--chart-axis') } }, axisTick: { show: false },
    axisLabel: { color: colour('--muted'), fontSize: 12, fontFamily: font, hideOverlap: true },
    splitLine: { lineStyle: { color: colour('--chart-grid') } }, nameTextStyle: { color: colour('--muted'), fontFamily: font }, ...extra
  };
}
function timeAxis(spec, extra) {
  return axis({
    type: 'time', min: spec.from, max: spec.to, splitLine: { show: false },
    axisLabel: { color: colour('--muted'), fontSize: 12, fontFamily: font, hideOverlap: true, formatter: { year: '{yyyy}', month: '{d} {MMM}', day: '{d} {MMM}', hour: '{HH}:{mm}', minute: '{HH}:{mm}' } }, ...extra
  });
}
const valueLabel = unit => ({ color: colour('--muted'), fontSize: 12, fontFamily: font, formatter: v => figure(v, unit) });
const valueAxis = (unit, extra) => axis({ type: 'value', scale: true, splitNumber: 3, axisLine: { show: false }, axisLabel: valueLabel(unit), ...extra });
const tooltip = extra => ({
  confine: true, backgroundColor: colour('--raised'), borderColor: colour('--line'), padding: 8, textStyle: { color: colour('--text'), fontSize: 13 },
  className: 'tooltip', transitionDuration: 0, ...extra
});
const base = () => ({ animation: false, textStyle: { fontFamily: font }, aria: { enabled: false } });
const grid = extra => ({ left: 8, right: 24, top: 12, bottom: 4, containLabel: true, ...extra });
// Charts over time share their left and right edge, so that the same moment stands above itself on the whole page.
const timeGrid = spec => grid({ left: 64, bottom: 22, top: below(spec), containLabel: false });
const below = spec => spec.marks?.length ? 24 : 12; // room for the labels of marks
const rows = pairs => `<table>${pairs.map(([name, value]) => `<tr><td>${name}</td><td>${value}</td></tr>`).join('')}</table>`;
const dot = token => `<span class="swatch" style="background:${colour(token)}"></span>`;
const when = (start, end) => `<div class="when" title="${utc(start)}">${moment(start)} \u2013 ${moment(end)}<br>${utc(start)}</div>`;
const statusWords = ['', 'cannot judge: too few rows', 'not complete yet', 'not defined here'];

// A rectangle between two corners given in axis values; [x0, x1, y0, y1, ...].
const box = style => (params, api) => {
  const a = api.coord([api.value(0), api.value(3)]), b = api.coord([api.value(1), api.value(2)]);
  const area = params.coordSys, x = Math.max(a[0], area.x), right = Math.min(b[0], area.x + area.width);
  return right > x ? { type: 'rect', shape: { x, y: a[1], width: Math.max(right - x - (right - x > 6 ? style.gap ?? 0 : 0), .5), height: Math.max(b[1] - a[1], 0) }, style: style.of(params.dataIndex, api) } : null;
};
const polygon = (points, style) => ({
  type: 'custom', silent: true, z: 1, clip: true, data: [0], encode: { x: -1, y: -1 },
  renderItem: (_, api) => ({ type: 'polygon', shape: { points: points.map(p => api.coord(p)) }, style })
});

const kinds = {
  timeseries(spec) {
    const unit = spec.unit;
    const series = [];
    spec.series.forEach((line, index) => {
      // [middle, value, lower, upper, n, status, start, end]; only drawn where there is a value: gaps stay gaps.
      const points = line.points, ink = colour(line.colour);
      let run = [];
      const flush = () => {
        if (run.length > 1) series.push(polygon([...run.map(p => [p[0], p[3]]), ...run.toReversed().map(p => [p[0], p[2]])], { fill: colour(line.colour, .13) }));
        run = [];
      };
      for (const p of points) (p[1] !== null && p[2] !== null && !line.quiet) ? run.push(p) : flush();
      flush();
      series.push({
        type: 'line', name: line.name, z: 3, data: points.map(p => [p[0], p[1]]), connectNulls: false,
        symbol: line.points[0]?.[5] === undefined ? 'none' : 'circle', showSymbol: true,
        symbolSize: (_, params) => points[params.dataIndex - 1]?.[1] == null && points[params.dataIndex + 1]?.[1] == null ? 5 : 0,
        lineStyle: { color: ink, width: line.quiet ? 1.25 : 1.75, type: line.style ?? 'solid' }, itemStyle: { color: ink },
        markLine: index === 0 ? verticals(spec) : undefined, markArea: index === 0 ? areas(spec) : undefined
      });
    });
    return {
      ...base(), grid: timeGrid(spec), xAxis: timeAxis(spec), series,
      yAxis: valueAxis(unit, { ...bounds(spec), scale: false }),
      tooltip: tooltip({
        trigger: 'axis', axisPointer: { type: 'line', lineStyle: { color: colour('--line-strong'), type: 'dashed' }, label: { show: false } },
        formatter: hits => {
          const index = hits[0].dataIndex, first = spec.series[hits[0].seriesIndex] ?? spec.series[0], p = first.points[index];
          if (!p) return '';
          return when(p[6], p[7]) + rows(spec.series.flatMap(line => {
            const q = line.points.find(x => x[6] === p[6]);
            if (!q) return [];
            const range = q[2] === null ? '' : ` <span class="muted">${figure(q[2], unit)} .. ${figure(q[3], unit)}</span>`;
            return [[dot(line.colour) + safe(line.name), q[1] === null ? statusWords[q[5]] : figure(q[1], unit) + range], ['<span class="muted">n</span>', figure(q[4], 'count') + (q[1] !== null && q[5] === 2 ? ' (window open)' : '')]];
          }));
        }
      })
    };
  },

  distribution(spec) {
    // Missing and unseen stand apart from the values: an empty place comes before them.
      const edge = spec.bins.findIndex(b => b.edge), gap = { label: '', current: null, reference: null };
      const all = edge > 0 ? spec.bins.toSpliced(edge, 0, gap) : spec.bins, labels = all.map(b => b.label);
    // Steps over the bars: what the reference had, and what the page is compared with.
    const steps = of => all.flatMap((b, i) => b[of] === null || b[of] === undefined ? [] : [[i - .46, b[of], i + .46]]);
    const outline = steps('reference'), compared = steps('compared');
    const drawn = (data, token, type) => ({
      type: 'custom', z: 3, silent: true, clip: true, data, encode: { x: -1, y: -1 },
      renderItem: (params, api) => {
        const [left, height, right] = data[params.dataIndex], i = (left + right) / 2, c = api.coord([i, height]), zero = api.coord([i, 0]), half = api.size([1, 0])[0] * .46;
        return { type: 'polyline', shape: { points: [[c[0] - half, zero[1]], [c[0] - half, c[1]], [c[0] + half, c[1]], [c[0] + half, zero[1]]] }, style: { stroke: colour(token), lineWidth: 1.5, lineDash: type, fill: 'none' } };
      }
    });
    return {
      ...base(), grid: grid({}),
      xAxis: axis({ type: 'category', data: labels, splitLine: { show: false }, axisLabel: { color: colour('--muted'), fontSize: 12, fontFamily: font, hideOverlap: true, interval: spec.numeric ? 'auto' : 0, width: spec.small ? 48 : 84, overflow: 'truncate', rotate: !spec.numeric && labels.length > 8 ? 40 : 0 } }),
      yAxis: valueAxis('ratio', { min: 0, scale: false, splitNumber: spec.small ? 2 : 3, max: value => Math.max(value.max, ...outline.map(step => step[1]), ...compared.map(step => step[1])) * 1.04 || .05, axisLabel: { ...valueLabel('ratio'), showMaxLabel: false } }),
      tooltip: tooltip({
        trigger: 'axis', axisPointer: { type: 'shadow', shadowStyle: { color: colour('--chart-reference') } },
        formatter: hits => {
          const b = all[hits[0].dataIndex];
          if (b === gap) return '';
          return `<div class="when">${safe(b.title ?? b.label)}</div>` + rows([
            [dot('--chart-line') + 'current', `${figure(b.current, 'ratio')} <span class="muted">(${figure(b.currentCount, 'count')})</span>`],
            ...(b.compared === null || b.compared === undefined ? [] : [[dot('--cat-2') + safe(spec.comparedWords), `${figure(b.compared, 'ratio')} <span class="muted">(${figure(b.comparedCount, 'count')})</span>`]]),
            [dot('--chart-reference-line') + 'reference', b.reference === null ? '\u2013' : `${figure(b.reference, 'ratio')} <span class="muted">(${figure(b.referenceCount, 'count')})</span>`]]);
        }
      }),
      series: [
        { type: 'bar', barCategoryGap: '8%', data: all.map(b => ({ value: b.current, itemStyle: { color: b.edge ? colour('--watch-mark', .75) : colour('--chart-line', .72) } })) },
        drawn(outline, '--chart-reference-line'), drawn(compared, '--cat-2', [2, 2])]
    };
  },

  heatmap(spec) {
    const names = spec.rows;
    return {
      ...base(), grid: grid({ top: 4, bottom: 48, containLabel: false, left: spec.labelWidth ?? 132 }),
      xAxis: timeAxis(spec), yAxis: axis({
        type: 'category', data: names, inverse: true, splitLine: { show: false }, axisLine: { show: false },
        axisLabel: { color: colour('--text'), fontSize: 12, fontFamily: font, interval: 0, width: (spec.labelWidth ?? 132) - 12, overflow: 'truncate' }
      }),
      visualMap: {
        type: 'continuous', min: 0, max: spec.max, dimension: 4, calculable: false, orient: 'horizontal', left: spec.pixels < 420 ? 0 : spec.labelWidth ?? 132, bottom: 0, itemWidth: 8, itemHeight: 120,
        text: [figure(spec.max, spec.unit) + (spec.open ? ' or more' : ''), '0'], textStyle: { color: colour('--muted'), fontSize: 12 }, inRange: { color: viridis }, seriesIndex: 0
      },
      tooltip: tooltip({ formatter: hit => { const c = spec.cells[hit.dataIndex]; return `${when(c[0], c[1])}<b>${safe(names[c[2]])}</b>` + rows([[safe(spec.label), c[3] === null ? statusWords[c[5]] : figure(c[3], spec.unit)], ['n', figure(c[4], 'count')], ['watch from', figure(spec.threshold, spec.unit)]]); } }),
      series: [{
        type: 'custom', cursor: 'pointer', data: spec.cells.map(c => [c[0], c[1], c[2], c[2], c[3] === null ? -1 : Math.min(c[3], spec.max)]), encode: { x: [0, 1], y: 2 },
        renderItem: (params, api) => {
          const a = api.coord([api.value(0), api.value(2)]), b = api.coord([api.value(1), api.value(2)]), tall = api.size([0, 1])[1], c = spec.cells[params.dataIndex];
          const left = Math.max(a[0], params.coordSys.x), right = Math.min(b[0], params.coordSys.x + params.coordSys.width);
          if (right <= left) return null;
          return { type: 'rect', shape: { x: left, y: a[1] - tall / 2 + .5, width: Math.max(right - left - (right - left > 4 ? 1 : 0), .5), height: Math.max(tall - 1, 1) }, style: { fill: c[3] === null ? hatch() : api.visual('color') } };
        }
      }]
    };
  },

  share(spec) {
    return {
      ...base(), grid: timeGrid(spec), xAxis: timeAxis(spec), yAxis: valueAxis('ratio', { min: 0, max: 1, interval: .25, scale: false }),
      tooltip: tooltip({ formatter: hit => { const c = spec.cells[hit.dataIndex]; return when(c[0], c[1]) + rows(spec.cells.filter(x => x[0] === c[0]).toReversed().map(x => [(x === c ? '<b>' : '') + dot(spec.series[x[4]].colour) + safe(spec.series[x[4]].name) + (x === c ? '</b>' : ''), `${figure(x[3] - x[2], 'ratio')} <span class="muted">n ${figure(x[5], 'count')}</span>`])); } }),
      series: [{ type: 'custom', clip: true, data: spec.cells, encode: { x: [0, 1], y: [2, 3] }, markLine: undefined, renderItem: box({ gap: 1, of: i => ({ fill: colour(spec.series[spec.cells[i][4]].colour, .86) }) }) },
      { type: 'line', data: [], markLine: verticals(spec), markArea: areas(spec) }]
    };
  },

  reliability(spec) {
    const beside = otherShown(spec).points;
    const bars = (points, token) => ({
      type: 'custom', silent: true, z: 2, data: points.map(p => [p.mean, p.lower, p.upper]), renderItem: (_, api) => {
        const low = api.coord([api.value(0), api.value(1)]), high = api.coord([api.value(0), api.value(2)]);
        return { type: 'line', shape: { x1: low[0], y1: low[1], x2: high[0], y2: high[1] }, style: { stroke: colour(token, .6), lineWidth: 2 } };
      }
    });
    const unitAxis = extra => valueAxis('ratio', { min: 0, max: 1, interval: .25, scale: false, ...extra });
    return {
      ...base(), grid: [grid({ bottom: '34%', left: 44, containLabel: false }), grid({ top: '76%', left: 44, bottom: 24, containLabel: false })],
      xAxis: [unitAxis({ axisLabel: { show: false } }), unitAxis({ gridIndex: 1, splitLine: { show: false } })],
      yAxis: [unitAxis({}), valueAxis('count', { gridIndex: 1, min: 0, scale: false, splitNumber: 1 })],
      tooltip: tooltip({ formatter: hit => { const p = hitPoint(spec, hit); return p ? sideHead(spec, hit) + rows([['predicted', figure(p.mean, 'ratio')], ['observed', `${figure(p.rate, 'ratio')} <span class="muted">${figure(p.lower, 'ratio')} .. ${figure(p.upper, 'ratio')}</span>`], ['n', figure(p.n, 'count')]]) : ''; } }),
      series: [
        { type: 'line', silent: true, symbol: 'none', data: [[0, 0], [1, 1]], lineStyle: { color: colour('--chart-reference-line'), type: 'dashed', width: 1 } },
        otherLine(beside.map(p => [p.mean, p.rate]), { symbolSize: 5 }), bars(beside, other),
        { type: 'line', name: 'A', z: 4, data: spec.points.map(p => [p.mean, p.rate]), symbol: 'circle', symbolSize: 6, lineStyle: { color: colour('--chart-line'), width: 1.5 }, itemStyle: { color: colour('--chart-line') } },
        bars(spec.points, '--chart-line'),
        { type: 'custom', name: 'A', xAxisIndex: 1, yAxisIndex: 1, data: spec.points.map(p => [p.from, p.to, 0, p.n]), encode: { x: [0, 1], y: 3 }, renderItem: box({ gap: 1, of: () => ({ fill: colour('--chart-line', .55) }) }) },
        { type: 'custom', name: 'B', xAxisIndex: 1, yAxisIndex: 1, data: beside.map(p => [p.from, p.to, 0, p.n]), encode: { x: [0, 1], y: 3 }, renderItem: box({ gap: 1, of: () => ({ fill: 'transparent', stroke: colour(other), lineWidth: 1.5, lineDash: [2, 2] }) }) }]
    };
  },

  roc(spec) {
    const beside = otherShown(spec), stands = side => side.operating;
    const standing = (name, side, token) => ({ type: 'scatter', name, z: 5, data: stands(side) ? [[stands(side).x, stands(side).y]] : [], symbol: 'diamond', symbolSize: 12, itemStyle: { color: colour(token), borderColor: colour('--surface'), borderWidth: 1.5 } });
    return {
      ...base(), grid: grid({ left: 8, bottom: 20 }), xAxis: valueAxis('ratio', { min: 0, max: 1, interval: .25, scale: false, name: 'false positive rate', nameLocation: 'middle', nameGap: 24 }), yAxis: valueAxis('ratio', { min: 0, max: 1, interval: .25, scale: false }),
      tooltip: tooltip({ trigger: 'item', formatter: hit => { const p = hit.seriesType === 'line' ? hitPoint(spec, hit) : undefined; return sideHead(spec, hit) + (p ? rows([['score at least', figure(p[2])], ['true positive rate', figure(p[1], 'ratio')], ['false positive rate', figure(p[0], 'ratio')]]) : safe(hit.seriesType === 'scatter' ? stands(hit.seriesName === 'B' ? otherShown(spec) : spec)?.label ?? '' : '')); } }),
      series: [
        { type: 'line', silent: true, symbol: 'none', data: [[0, 0], [1, 1]], lineStyle: { color: colour('--chart-reference-line'), type: 'dashed', width: 1 } },
        otherLine(beside.points.map(p => [p[0], p[1]]), { symbolSize: 4, showSymbol: beside.points.length < 60 }),
        { type: 'line', name: 'A', z: 3, data: spec.points.map(p => [p[0], p[1]]), symbol: 'circle', symbolSize: 5, showSymbol: spec.points.length < 60, lineStyle: { color: colour('--chart-line'), width: 1.5 }, itemStyle: { color: colour('--chart-line') }, areaStyle: { color: colour('--chart-band') } },
        standing('A', spec, spec.compared ? '--chart-line' : '--cat-2'), standing('B', beside, other)]
    };
  },

  // A number over another number, with its interval and perhaps a marked place: coverage by age, cost by threshold.
  curve(spec) {
    const banded = spec.points.filter(p => p[2] !== null && p[3] !== null);
    const ticks = spec.ticks && new Map(spec.ticks.map(t => [t.at, t.label]));
    const named = { name: spec.xName, nameLocation: 'middle', nameGap: 24 };
    const xAxis = ticks
      ? valueAxis('', { ...named, min: spec.from, max: spec.to, scale: false, interval: 1, axisLabel: { color: colour('--muted'), fontSize: 12, hideOverlap: true, formatter: v => ticks.get(v) ?? '' } })
      : valueAxis('', { ...named, min: spec.from, max: spec.to, scale: false });
    return {
      ...base(), grid: grid({ left: 8, bottom: 20 }), xAxis, yAxis: valueAxis(spec.unit, { min: spec.min ?? undefined, max: spec.max ?? undefined }),
      tooltip: tooltip({ trigger: 'axis', axisPointer: { type: 'line', lineStyle: { color: colour('--line-strong') } }, formatter: hits => hits.map(hit => { const p = hitPoint(spec, hit); return p ? sideHead(spec, hit) + rows([[safe(spec.xName), safe(p[4])], [safe(spec.yName), figure(p[1], spec.unit)], ...(p[2] === null ? [] : [['95 %', `${figure(p[2], spec.unit)} .. ${figure(p[3], spec.unit)}`]])]) : ''; }).join('') }),
      series: [
        otherLine(otherShown(spec).points.map(p => [p[0], p[1]]), { symbolSize: 4, showSymbol: false }),
        { type: 'line', name: 'A', z: 3, data: spec.points.map(p => [p[0], p[1]]), symbol: 'circle', symbolSize: 5, showSymbol: spec.points.length < 40, lineStyle: { color: colour('--chart-line'), width: 1.5 }, itemStyle: { color: colour('--chart-line') },
          markLine: spec.mark ? { silent: true, symbol: 'none', label: { formatter: () => safe(spec.mark.label), color: colour('--text'), fontSize: 12, position: 'insideEndTop' }, lineStyle: { color: colour('--cat-2'), type: 'dashed' }, data: [{ xAxis: spec.mark.at }] } : undefined },
        ...(banded.length > 1 ? [polygon([...banded.map(p => [p[0], p[3]]), ...banded.map(p => [p[0], p[2]]).reverse()], { fill: colour('--chart-band') })] : [])]
    };
  },

  // From a number to another by steps that add up: what made a change.
  waterfall(spec) {
    const worse = spec.lowerIsBetter ? 1 : -1;
    const of = step => step.total ? '--chart-reference-line' : Math.sign(step.to - step.from) === worse ? '--bad-mark' : '--cat-1';
    return {
      ...base(), grid: grid({ left: 8, bottom: 4 }),
      xAxis: axis({ type: 'category', data: spec.steps.map(s => s.name), axisLabel: { color: colour('--muted'), fontSize: 12, fontFamily: font, interval: 0, width: Math.min(90, (spec.pixels - 72) / spec.steps.length - 4), overflow: 'truncate' } }),
      // The ends are margins, not numbers that anybody reads, and would stand in the way of the round ones.
      yAxis: valueAxis(spec.unit, { min: spec.min ?? undefined, max: spec.max ?? undefined, axisLabel: { ...valueLabel(spec.unit), showMinLabel: false, showMaxLabel: false } }),
      tooltip: tooltip({ trigger: 'item', formatter: hit => { const s = spec.steps[hit.dataIndex]; return s ? rows([[safe(s.name), s.total ? figure(s.to, spec.unit) : (s.to >= s.from ? '+' : '\u2212') + figure(Math.abs(s.to - s.from), spec.unit)], ...(s.lower === null || s.lower === undefined ? [] : [['95 %', `${figure(s.lower, spec.unit)} .. ${figure(s.upper, spec.unit)}`]])]) : ''; } }),
      series: [{
        type: 'custom', data: spec.steps.map((s, i) => [i, s.total ? spec.floor : s.from, s.to]), encode: { x: 0, y: [1, 2] },
        renderItem: (params, api) => {
          const a = api.coord([api.value(0), api.value(1)]), b = api.coord([api.value(0), api.value(2)]), width = Math.min(56, api.size([1, 0])[0] * .6);
          return { type: 'rect', shape: { x: a[0] - width / 2, y: Math.min(a[1], b[1]), width, height: Math.max(1, Math.abs(a[1] - b[1])) }, style: { fill: colour(of(spec.steps[params.dataIndex])) } };
        }
      }]
    };
  },

  latency(spec) {
    return {
      ...base(), grid: timeGrid(spec), xAxis: timeAxis(spec), yAxis: valueAxis('ms', { type: 'log', min: spec.min, max: spec.max }),
      visualMap: { show: false, min: 0, max: spec.peak, dimension: 4, inRange: { color: [colour('--sunken'), ...viridis.slice(2)] }, seriesIndex: 0 },
      tooltip: tooltip({ trigger: 'item', formatter: hit => { if (hit.seriesIndex > 0) return ''; const c = spec.cells[hit.dataIndex]; const at = spec.lines.map(l => [safe(l.name), figure(l.points.find(p => p[6] === c[0])?.[1], 'ms')]); return when(c[0], c[1]) + rows([[`${figure(c[2], 'ms')} \u2013 ${figure(c[3], 'ms')}`, figure(c[4], 'ratio')], ...at]); } }),
      series: [
        { type: 'custom', clip: true, data: spec.cells, encode: { x: [0, 1], y: [2, 3] }, renderItem: box({ of: (_, api) => ({ fill: api.visual('color'), opacity: .8 }) }) },
        ...spec.lines.map((l, i) => ({ type: 'line', silent: true, z: 3, symbol: 'none', data: l.points.map(p => [p[0], p[1]]), lineStyle: { color: colour(l.colour), width: 1.5, type: ['solid', 'dashed', 'dotted'][i] }, markLine: i ? undefined : verticals(spec) }))]
    };
  }
};

// Labels of marks are links above the picture; one that would lie on another moves to the right of its line, and where there is no room
// at all the line alone says it.
function label(chart) {
  const holder = chart.element.querySelector('.marks'), spec = chart.spec;
  holder?.replaceChildren();
  if (!holder || !onTime(chart) || spec.kind === 'heatmap') return;
  const left = 64, width = chart.element.clientWidth - left - 24;
  let end = 0;
  for (const mark of (spec.marks ?? []).filter(m => m.at >= spec.from && m.at <= spec.to).sort((a, b) => a.at - b.at)) {
    const link = document.createElement(mark.href ? 'a' : 'span');
    link.className = `mark ${mark.kind} ${mark.severity ?? ''}`;
    link.textContent = mark.label;
    link.title = mark.title ?? mark.label;
    if (mark.href) { link.href = mark.href; link.tabIndex = -1; }
    holder.append(link);
    const x = (mark.at - spec.from) / (spec.to - spec.from) * width, size = link.offsetWidth + 4;
    const start = x - size / 2 >= end ? x - size / 2 : x + 2 >= end ? x + 2 : end - x < size ? end : null;
    if (start === null || start + size > width + 24) { link.remove(); continue; }
    link.style.left = `${left + start + 2}px`;
    end = start + size;
  }
}
function verticals(spec) {
  const marks = (spec.marks ?? []).filter(m => m.at >= spec.from && m.at <= spec.to).map(m => ({ xAxis: m.at, name: '', lineStyle: { color: colour(m.kind === 'incident' ? '--bad-mark' : '--muted'), type: m.kind === 'incident' ? 'solid' : 'dashed', width: 1 } }));
  const levels = (spec.thresholds ?? []).map((t, i) => ({ yAxis: t.value, name: t.label, lineStyle: { color: colour('--muted'), type: [6, 4], width: 1 }, label: { position: i % 2 === 1 ? 'insideStartTop' : 'insideEndTop' } }));
  if (marks.length + levels.length === 0) return undefined;
  return { silent: true, symbol: 'none', label: { formatter: m => m.name, color: colour('--muted'), fontSize: 12, fontFamily: font, position: 'end' }, data: [...marks, ...levels] };
}
function areas(spec) {
  const data = [];
  if (spec.reference) data.push([{ yAxis: spec.reference.lower, itemStyle: { color: colour('--chart-reference') } }, { yAxis: spec.reference.upper }]);
  for (const [start, end] of spec.incomplete ?? []) data.push([{ xAxis: start, itemStyle: { color: hatch() } }, { xAxis: end }]);
  return data.length ? { silent: true, data } : undefined;
}

// ---- life of a chart
const canvasWidth = element => Math.max(element.clientWidth, 120);
export async function draw(element, spec, page) {
  const echarts = await loadLibrary();
  if (!element.isConnected) return;
  let chart = live.get(element);
  if (!chart) {
    const canvas = element.querySelector('.plot');
    chart = { element, plot: echarts.init(canvas, null, { renderer: 'canvas' }), page };
    chart.watch = new ResizeObserver(() => { chart.plot.resize(); if (chart.spec) label(chart); });
    chart.watch.observe(canvas);
    live.set(element, chart);
    follow(chart);
  }
  // Labels are cut to the room that there is.
  spec.pixels = canvasWidth(element);
  chart.spec = spec;
  chart.page = page;
  chart.plot.setOption(kinds[spec.kind](spec), { notMerge: true });
  label(chart);
  element.dataset.drawn = 'yes';
}
export function erase(element) {
  const chart = live.get(element);
  if (!chart) return;
  chart.watch.disconnect();
  chart.plot.dispose();
  live.delete(element);
}

/** What a canvas shows: the description from which it is drawn, and the drawing at the scale asked for. */
export const described = element => live.get(element)?.spec;
export const pictureOf = (element, scale) => live.get(element)?.plot.renderToCanvas({ pixelRatio: scale });

const onTime = chart => ['timeseries', 'share', 'heatmap', 'latency'].includes(chart.spec.kind);
function follow(chart) {
  const ink = chart.plot.getZr(), zoom = chart.element.querySelector('.zoombox');
  let from = null;
  const timeAt = x => chart.plot.convertFromPixel({ xAxisIndex: 0 }, x);
  ink.on('mousemove', event => {
    if (!onTime(chart)) return;
    const inside = chart.plot.containPixel('grid', [event.offsetX, event.offsetY]);
    crosshair(chart, inside ? timeAt(event.offsetX) : null);
    if (from === null) return;
    Object.assign(zoom.style, { display: 'block', left: `${Math.min(from, event.offsetX)}px`, width: `${Math.abs(event.offsetX - from)}px`, top: '0', bottom: '0' });
  });
  ink.on('globalout', () => crosshair(chart, null));
  ink.on('mousedown', event => { if (onTime(chart) && chart.plot.containPixel('grid', [event.offsetX, event.offsetY])) from = event.offsetX; });
  ink.on('mouseup', event => {
    if (from !== null && Math.abs(event.offsetX - from) > 6) {
      const [start, end] = [timeAt(from), timeAt(event.offsetX)].sort((a, b) => a - b);
      chart.page?.invokeMethodAsync('ZoomAsync', Math.round(start), Math.round(end));
      chart.zoomed = true;
    }
    from = null;
    zoom.style.display = 'none';
  });
  chart.plot.on('click', hit => {
    if (chart.zoomed) { chart.zoomed = false; return; }
    if (chart.spec.kind === 'heatmap') { const cell = chart.spec.cells[hit.dataIndex]; chart.page?.invokeMethodAsync('PickAsync', chart.spec.rows[cell[2]], cell[0]); }
  });
}
function crosshair(source, time) {
  for (const other of live.values()) {
    const line = other.element.querySelector('.crosshair');
    if (!line) continue;
    const x = other !== source && time !== null && onTime(other) ? other.plot.convertToPixel({ xAxisIndex: 0 }, time) : null;
    const shown = x !== null && time >= other.spec.from && time <= other.spec.to;
    line.style.display = shown ? 'block' : 'none';
    if (shown) line.style.left = `${x}px`;
  }
}

// A change of theme changes every token: draw again from the kept description.
const redraw = () => { for (const chart of live.values()) chart.plot.setOption(kinds[chart.spec.kind](chart.spec), { notMerge: true }); };
new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ['data-theme'] });
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
