// What a page needs from the browser and Blazor cannot say: theme, time zone, keys, dialogs, clipboard.
let page;
const typing = target => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
let waiting = null;

export function start(reference) {
  page = reference;
  document.addEventListener('keydown', onKey);
  document.addEventListener('click', closeMenus);
  // From here on keys are heard: who drives the page by program waits for this.
  document.documentElement.dataset.keys = 'on';
  return { zone: Intl.DateTimeFormat().resolvedOptions().timeZone, theme: document.documentElement.dataset.theme || 'auto' };
}
export function stop() {
  document.removeEventListener('keydown', onKey);
  document.removeEventListener('click', closeMenus);
  page = undefined;
  delete document.documentElement.dataset.keys;
}

function onKey(event) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    page?.invokeMethodAsync('PressedAsync', 'palette');
    return;
  }
  if (event.key === 'Escape') { for (const menu of document.querySelectorAll('details.menu[open]')) menu.open = false; }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === '/') {
    const search = document.querySelector('[data-search]');
    if (search) { event.preventDefault(); search.focus(); }
    return;
  }
  const key = waiting ? `${waiting} ${event.key}` : event.key;
  waiting = !waiting && event.key === 'g' ? 'g' : null;
  if (['?', 't', 'l', '[', ']', 'g f', 'g i', 'g e', 'g s'].includes(key)) page?.invokeMethodAsync('PressedAsync', key);
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
