// Checks of a rendered page, in the spirit of the usual accessibility checkers but only with rules that this project needs.
var checks = (() => {
  const shown = e => { const r = e.getBoundingClientRect(), s = getComputedStyle(e); return r.width > 0 && r.height > 0 && s.visibility !== 'hidden' && s.display !== 'none'; };
  const hidden = e => e.closest('.visually-hidden, [aria-hidden="true"], dialog:not([open]), .skip, details:not([open]) > :not(summary)') !== null;
  const where = e => `${e.tagName.toLowerCase()}${e.id ? '#' + e.id : ''}${e.className && e.className.baseVal === undefined ? '.' + String(e.className).trim().replace(/\s+/g, '.') : ''} "${(e.textContent || '').trim().slice(0, 40)}"`;
  const name = e => {
    const by = e.getAttribute('aria-labelledby');
    return (e.getAttribute('aria-label') || (by && document.getElementById(by)?.textContent) || (e.labels && [...e.labels].map(l => l.textContent).join(' ')) || e.title || e.textContent || e.getAttribute('alt') || '').trim();
  };
  // Colours may come as rgb(), color(srgb ..) or oklab(): a canvas turns any of them into bytes.
  const pen = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
  const cache = new Map();
  const bytes = text => {
    if (!cache.has(text)) { pen.clearRect(0, 0, 1, 1); pen.fillStyle = text; pen.fillRect(0, 0, 1, 1); const d = pen.getImageData(0, 0, 1, 1).data; cache.set(text, [d[0], d[1], d[2], d[3] / 255]); }
    return cache.get(text);
  };
  const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const background = e => {
    const layers = [];
    for (let at = e; at; at = at.parentElement) { const c = bytes(getComputedStyle(at).backgroundColor); if (c[3] > 0) layers.push(c); if (c[3] >= 1) break; }
    return layers.reverse().reduce((under, top) => over(top, under), bytes(getComputedStyle(document.documentElement).backgroundColor));
  };
  const luminance = c => c.slice(0, 3).map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }).reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ratio = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };

  return {
    failures() { return [...document.querySelectorAll('.panel-error')].map(e => e.textContent.trim()); },
    overflow() {
      const wide = document.documentElement.scrollWidth - innerWidth;
      if (wide <= 0) return [];
      return [`the page is ${wide} px too wide`, ...[...document.querySelectorAll('body *')].filter(e => shown(e) && e.getBoundingClientRect().right > innerWidth + 1 && !e.parentElement.closest('.scroll, .twin, .tabs, pre')).slice(0, 5).map(where)];
    },
    labels() {
      const found = [];
      for (const e of document.querySelectorAll('a[href], button, input, select, textarea, summary, [role="button"], dialog, [role="img"], figure'))
        if (!name(e)) found.push('no name: ' + where(e));
      for (const e of document.querySelectorAll('table:not(.matrix) th'))
        if (!e.hasAttribute('scope')) found.push('no scope: ' + where(e));
      for (const e of document.querySelectorAll('img')) if (!e.hasAttribute('alt')) found.push('no alt: ' + where(e));
      const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
      for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) found.push('id twice: ' + id);
      if (document.querySelectorAll('h1').length !== 1) found.push(`${document.querySelectorAll('h1').length} h1`);
      if (!document.documentElement.lang) found.push('no lang');
      if (document.querySelectorAll('main').length !== 1) found.push('not one main');
      for (const chart of document.querySelectorAll('figure.chart')) if (!chart.querySelector('figcaption')?.textContent.trim()) found.push('no summary: ' + where(chart));
      for (const e of document.querySelectorAll('[aria-labelledby], [aria-controls]'))
        for (const id of (e.getAttribute('aria-labelledby') ?? e.getAttribute('aria-controls')).split(' ')) if (!document.getElementById(id)) found.push(`points to nothing (${id}): ` + where(e));
      return found;
    },
    contrast() {
      const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const e = walker.currentNode.parentElement;
        if (!walker.currentNode.textContent.trim() || !shown(e) || hidden(e) || ['SCRIPT', 'STYLE', 'OPTION'].includes(e.tagName) || e.closest('[disabled]')) continue;
        const style = getComputedStyle(e), under = background(e), text = over(bytes(style.color), under), size = parseFloat(style.fontSize);
        const needed = size >= 24 || (size >= 18.66 && +style.fontWeight >= 700) ? 3 : 4.5, is = ratio(text, under);
        if (is < needed) found.push(`${is.toFixed(2)} < ${needed}: ${where(e)} ${style.color}`);
      }
      return [...new Set(found)].slice(0, 20);
    },
    cut() {
      return [...document.querySelectorAll('h1, h2, h3, .sentence, figcaption, .tile .value, dt, .button')].filter(e => shown(e) && !hidden(e) && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflow !== 'visible' && getComputedStyle(e).textOverflow !== 'ellipsis').map(where);
    },
    focusable() {
      // Positive tabindex breaks the reading order; something to press must be reachable.
      const found = [...document.querySelectorAll('[tabindex]')].filter(e => e.tabIndex > 0).map(e => 'tabindex: ' + where(e));
      for (const e of document.querySelectorAll('a:not([href])')) if (shown(e) && !hidden(e)) found.push('link without address: ' + where(e));
      return found;
    },
    targets() {
      // WCAG 2.2: at least 24 px, unless inline in text or spaced well; only controls of the frame and of forms are held to it.
      return [...document.querySelectorAll('.bar .button, .rail a, .field, .tabs a, .segmented a, button.button')].filter(e => shown(e) && !hidden(e)).filter(e => { const r = e.getBoundingClientRect(); return r.height < 24 || r.width < 24; }).map(where);
    }
  };
})();
