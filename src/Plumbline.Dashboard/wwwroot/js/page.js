// What a page needs from the browser and Blazor cannot say: theme, time zone, keys, dialogs, clipboard.
let page;
const typing = target => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
let waiting = null;

export function start(reference) {
  page = reference;
  document.addEventListener('keydown', onKey);
  document.addEventListener('click', closeMenus);
  document.addEventListener('click', fold);
  document.addEventListener('click', take);
  // From here on keys are heard: who drives the page by program waits for this.
  document.documentElement.dataset.keys = 'on';
  return { zone: Intl.DateTimeFormat().resolvedOptions().timeZone, theme: document.documentElement.dataset.theme || 'auto' };
}
export function stop() {
  document.removeEventListener('keydown', onKey);
  document.removeEventListener('click', closeMenus);
  document.removeEventListener('click', fold);
  document.removeEventListener('click', take);
  page = undefined;
  delete document.documentElement.dataset.keys;
}

function onKey(event) {
  // While the server is away nobody hears a key.
  if (document.documentElement.dataset.away) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    page?.invokeMethodAsync('PressedAsync', 'palette');
    return;
  }
  if (event.key === 'Escape') { for (const menu of document.querySelectorAll('details.menu[open]')) menu.open = false; }
  // Where single keys answer, Esc leaves the field that was written in, so that they do again.
  if (event.key === 'Escape' && typing(event.target) && event.target.closest('.task-answer')) { event.target.blur(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === '/') {
    const search = document.querySelector('[data-search]');
    if (search) { event.preventDefault(); search.focus(); }
    return;
  }
  if (['j', 'k', 'x'].includes(event.key) && !waiting && walk(event.key)) { event.preventDefault(); return; }
  // A button that names its key is pressed by it.
  const pressed = !waiting && [...document.querySelectorAll('[data-press]')].find(button => button.dataset.press === event.key);
  if (pressed) { event.preventDefault(); if (!event.repeat) pressed.click(); return; }
  const key = waiting ? `${waiting} ${event.key}` : event.key;
  waiting = !waiting && event.key === 'g' ? 'g' : null;
  if (['?', 't', 'l', '[', ']', '-', 'g f', 'g i', 'g e', 'g s'].includes(key)) page?.invokeMethodAsync('PressedAsync', key);
}

// j and k go through the rows of the page's lists, x selects the one that is reached; Enter is the browser's own.
function walk(key) {
  const rows = [...document.querySelectorAll('table[data-rows] tbody tr')];
  const at = rows.indexOf(document.activeElement?.closest('tr'));
  if (rows.length === 0) return false;
  if (key === 'x') {
    rows[at]?.querySelector('.pick input')?.click();
    return at >= 0;
  }
  const next = rows[at < 0 ? 0 : Math.min(Math.max(at + (key === 'j' ? 1 : -1), 0), rows.length - 1)];
  next.querySelector('td.lead a, td a')?.focus();
  next.scrollIntoView({ block: 'nearest' });
  return true;
}
function fold(event) {
  const button = event.target.closest?.('[data-fold]');
  if (!button) return;
  const open = button.closest('tr').classList.toggle('unfolded');
  button.setAttribute('aria-expanded', String(open));
  button.textContent = open ? 'Less' : 'More';
}

// A panel as a file; what that takes is loaded when somebody wants it.
async function take(event) {
  const button = event.target.closest?.('[data-save]');
  if (!button) return;
  const panel = button.closest('.panel');
  panel.querySelector('details.save summary')?.focus();
  const { save } = await import('./save.js');
  await save(panel, button.dataset.save);
}

function closeMenus(event) {
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (!menu.contains(event.target) || event.target.closest('.sheet a, .sheet [data-close]')) menu.open = false;
  }
}

export function theme(name) {
  if (name === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  document.cookie = `plumbline-theme=${name}; path=/; max-age=31536000; samesite=lax`;
}
export function open(dialog) { if (!dialog.open) dialog.showModal(); }
export function close(dialog) { dialog.close(); }
export async function copy(text) { await navigator.clipboard.writeText(text); }
export function reveal(element) { element?.scrollIntoView({ block: 'nearest' }); }
