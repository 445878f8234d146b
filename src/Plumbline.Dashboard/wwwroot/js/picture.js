// Draws the charts of a panel as they stand there, with the panel's title and range above them, in the colours of the theme.
import { pictureOf } from './charts.js';
import { moment } from './figures.js';

const scale = 2, margin = 16, head = 52;
const style = element => getComputedStyle(element);
const skipped = 'details, table, .visually-hidden, .crosshair, .zoombox, .skeleton';

/** Words at their places: a text that wraps is drawn word by word. */
function words(pen, root, place) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!parent || parent.closest(skipped) || style(parent).visibility === 'hidden') continue;
    const look = style(parent);
    pen.font = `${look.fontStyle} ${look.fontWeight} ${look.fontSize} ${look.fontFamily}`;
    pen.fillStyle = look.color;
    pen.textBaseline = 'middle';
    for (const word of node.data.matchAll(/\S+/g)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const box = range.getBoundingClientRect();
      if (box.width > 0) pen.fillText(word[0], ...place(box.left, box.top + box.height / 2));
    }
  }
}

/** The small pieces of colour of a legend. */
function keys(pen, root, place) {
  for (const key of root.querySelectorAll('.key, .swatch')) {
    const box = key.getBoundingClientRect(), look = style(key), [x, y] = place(box.left, box.top);
    if (box.width === 0 || key.closest(skipped)) continue;
    pen.fillStyle = look.backgroundColor;
    pen.fillRect(x, y, box.width, box.height);
    const thick = parseFloat(look.borderTopWidth);
    if (thick === 0 || look.borderTopStyle === 'none') continue;
    pen.strokeStyle = look.borderTopColor;
    pen.lineWidth = thick;
    pen.setLineDash(look.borderTopStyle === 'dashed' ? [4, 3] : look.borderTopStyle === 'dotted' ? [2, 2] : []);
    pen.beginPath();
    pen.moveTo(x, y + thick / 2);
    pen.lineTo(x + box.width, y + thick / 2);
    pen.stroke();
    pen.setLineDash([]);
  }
}

/** A PNG of all charts of a panel; null where it has none. */
export async function picture(panel, about) {
  const figures = [...panel.querySelectorAll('figure.chart')];
  if (figures.length === 0) return null;
  const boxes = figures.map(figure => figure.getBoundingClientRect()), titles = [...panel.querySelectorAll('h3, .side')].filter(title => !title.closest(skipped));
  const all = [...boxes, ...titles.map(title => title.getBoundingClientRect())];
  // The fold of numbers below the last chart is not part of the picture.
  const left = Math.min(...all.map(box => box.left)), top = Math.min(...all.map(box => box.top));
  const right = Math.max(...all.map(box => box.right)), bottom = Math.max(...figures.map(figure => figure.querySelector('.canvas').getBoundingClientRect().bottom));
  const canvas = document.createElement('canvas'), pen = canvas.getContext('2d');
  canvas.width = Math.ceil((right - left + 2 * margin) * scale);
  canvas.height = Math.ceil((bottom - top + head + 2 * margin) * scale);
  pen.scale(scale, scale);
  const place = (x, y) => [x - left + margin, y - top + margin + head], root = style(document.documentElement);
  pen.fillStyle = style(panel).backgroundColor;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.textBaseline = 'top';
  pen.fillStyle = root.color;
  pen.font = `600 15px ${root.fontFamily}`;
  pen.fillText([about.model, about.panel].filter(Boolean).join(': '), margin, margin);
  pen.fillStyle = style(panel.querySelector('.note, .muted, figcaption') ?? panel).color;
  pen.font = `13px ${root.fontFamily}`;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const range = about.range && `${moment(Date.parse(about.range.from))} \u2013 ${moment(Date.parse(about.range.to))} (${zone})`;
  pen.fillText([range, about.version, about.segment, about.compare && `compared with ${about.compare}`].filter(Boolean).join(', '), margin, margin + 22);
  for (const title of titles) words(pen, title, place);
  for (const figure of figures) {
    const plot = figure.querySelector('.canvas'), drawn = pictureOf(plot, scale), box = plot.getBoundingClientRect();
    if (drawn) pen.drawImage(drawn, ...place(box.left, box.top), box.width, box.height);
    words(pen, figure, place);
    keys(pen, figure, place);
  }
  return await new Promise(resolve => canvas.toBlob(resolve, 'image/png'));
}
