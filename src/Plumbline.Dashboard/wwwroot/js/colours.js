// Colours of charts: resolved from the CSS tokens, so both themes come from one place
const probe = document.createElement('span');
export function colour(token, alpha = 1) {
  if (!token.startsWith('--')) return token;
  if (!probe.isConnected) { probe.hidden = true; document.body.append(probe); }
  probe.style.color = `var(${token})`;
  const resolved = getComputedStyle(probe).color;
  if (alpha === 1) return resolved;
  const parts = resolved.match(/[\d.]+/g).map(Number);
  return `rgba(${parts[0]},${parts[1]},${parts[2]},${alpha * (parts[3] ?? 1)})`;
}
export const viridis = ['#440154', '#482878', '#3e4989', '#31688e', '#26828e', '#1f9e89', '#35b779', '#6ece58', '#b5de2b', '#fde725'];
export function hatch() {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 8;
  const pen = tile.getContext('2d');
  pen.strokeStyle = colour('--line-strong', .55);
  pen.beginPath();
  for (const x of [-4, 4, 12]) { pen.moveTo(x, 8); pen.lineTo(x + 8, 0); }
  pen.stroke();
  return { image: tile, repeat: 'repeat' };
}
