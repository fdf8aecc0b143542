/**
 * The script of the map: it draws the points on a canvas, and answers pointer, search and buttons. It is a text, since a page
 * carries it as one; the page's policy allows it by its digest, and no other script. It reads its data from `#map-data`.
 */
export const mapScript = `
'use strict';
const data = JSON.parse(document.getElementById('map-data').textContent);
const canvas = document.getElementById('map');
const tip = document.getElementById('map-tip');
const search = document.getElementById('map-search');
const found = document.getElementById('map-found');
const near = document.getElementById('map-near');
const count = data.x.length;
const extent = { x: data.size[0] || 1, y: data.size[1] || 1 };
const view = { scale: 1, x: 0, y: 0 };
let size = { width: 0, height: 0 };
let selected = -1;
let matches = new Set();

const color = (name) => getComputedStyle(canvas).getPropertyValue(name).trim();
const nameOf = (i) => data.ids[i];
const labelOf = (i) => (data.groups ? data.names[data.groups[i]] : undefined);
const placeOf = (i) => {
  const unit = Math.min((size.width - 40) / extent.x, (size.height - 40) / extent.y) * view.scale;
  return [
    (data.x[i] - extent.x / 2) * unit + size.width / 2 + view.x,
    (data.y[i] - extent.y / 2) * unit + size.height / 2 + view.y,
  ];
};

// Groups differ in colour, and after eight colours in shape.
function mark(context, shape, x, y, r) {
  context.beginPath();
  if (shape === 1) context.rect(x - r, y - r, 2 * r, 2 * r);
  else if (shape === 2) {
    context.moveTo(x, y - 1.3 * r);
    context.lineTo(x + 1.2 * r, y + r);
    context.lineTo(x - 1.2 * r, y + r);
    context.closePath();
  } else context.arc(x, y, r, 0, 2 * Math.PI);
}

function draw() {
  const ratio = window.devicePixelRatio || 1;
  size = { width: canvas.clientWidth, height: canvas.clientHeight };
  canvas.width = Math.round(size.width * ratio);
  canvas.height = Math.round(size.height * ratio);
  const context = canvas.getContext('2d');
  context.scale(ratio, ratio);
  const colors = Array.from({ length: 8 }, (_, i) => color('--s' + i));
  const r = (count > 3000 ? 1.6 : count > 300 ? 2.6 : 4) * Math.min(2, Math.sqrt(view.scale));
  const isFaint = selected >= 0 || matches.size > 0;
  context.globalAlpha = isFaint ? 0.22 : 0.8;
  for (let i = 0; i < count; i++) {
    const [x, y] = placeOf(i);
    const group = data.groups ? data.groups[i] : 0;
    context.fillStyle = colors[group % 8];
    mark(context, Math.floor(group / 8) % 3, x, y, r);
    context.fill();
  }
  context.globalAlpha = 1;
  const text = color('--text');
  const named = [];
  const taken = [];
  const emphasize = (i, isNamed) => {
    const [x, y] = placeOf(i);
    const group = data.groups ? data.groups[i] : 0;
    context.fillStyle = colors[group % 8];
    context.strokeStyle = text;
    context.lineWidth = 1.2;
    mark(context, Math.floor(group / 8) % 3, x, y, r + 1.5);
    context.fill();
    context.stroke();
    if (isNamed) named.push(i);
    taken.push([x - 6, y + 4, 12]);
  };
  // A name stands right, left, above or below its node, where it covers no other name or node; without such a place, it is left out, except that of the selected node.
  const write = (i) => {
    const [x, y] = placeOf(i);
    const width = context.measureText(nameOf(i)).width;
    const places = [[x + 9, y + 4], [x - width - 9, y + 4], [x - width / 2, y - 11], [x - width / 2, y + 20]];
    const isFree = ([left, base]) =>
      left > 0 && left + width < size.width &&
      taken.every(([l, b, w]) => left + width < l || left > l + w || Math.abs(base - b) > 14);
    const place = places.find(isFree) ?? (i === selected ? places[2] : undefined);
    if (place === undefined) return;
    taken.push([...place, width]);
    context.fillText(nameOf(i), ...place);
  };
  for (const i of matches) emphasize(i, matches.size <= 12);
  if (selected >= 0) {
    const [x0, y0] = placeOf(selected);
    context.strokeStyle = color('--soft');
    context.lineWidth = 1;
    for (const j of neighborsOf(selected)) {
      const [x, y] = placeOf(j);
      context.beginPath();
      context.moveTo(x0, y0);
      context.lineTo(x, y);
      context.stroke();
    }
    emphasize(selected, true);
    for (const j of neighborsOf(selected)) emphasize(j, count <= 300);
  }
  context.font = '13px system-ui, sans-serif';
  context.fillStyle = text;
  // The selected node has the first choice.
  for (const i of new Set(selected >= 0 ? [selected, ...named] : named)) write(i);
}

const neighborsOf = (i) => (data.near ? data.near[i] : []);

function nearestTo(px, py) {
  let best = -1;
  let distance = 14 * 14;
  for (let i = 0; i < count; i++) {
    const [x, y] = placeOf(i);
    const d = (x - px) ** 2 + (y - py) ** 2;
    if (d < distance) {
      distance = d;
      best = i;
    }
  }
  return best;
}

function select(i) {
  selected = i;
  near.textContent = '';
  if (i >= 0) {
    const intro = document.createElement('span');
    const label = labelOf(i);
    intro.textContent =
      nameOf(i) + (label === undefined ? '' : ' (' + label + ')') + (data.near ? '. Nearest by cosine: ' : '');
    near.append(intro);
    for (const j of neighborsOf(i)) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = nameOf(j);
      button.addEventListener('click', () => select(j));
      near.append(button, ' ');
    }
  }
  draw();
}

let drag;
canvas.addEventListener('pointermove', (event) => {
  if (drag) {
    view.x = drag.x + event.clientX - drag.left;
    view.y = drag.y + event.clientY - drag.top;
    drag.isMoved = drag.isMoved || Math.abs(event.clientX - drag.left) + Math.abs(event.clientY - drag.top) > 4;
    draw();
    return;
  }
  const box = canvas.getBoundingClientRect();
  const [px, py] = [event.clientX - box.left, event.clientY - box.top];
  const i = nearestTo(px, py);
  tip.hidden = i < 0;
  if (i < 0) return;
  const label = labelOf(i);
  tip.textContent = nameOf(i) + (label === undefined ? '' : ' · ' + label);
  tip.style.left = Math.min(px + 12, size.width - tip.offsetWidth - 4) + 'px';
  tip.style.top = Math.max(0, py - 34) + 'px';
});
canvas.addEventListener('pointerdown', (event) => {
  drag = { left: event.clientX, top: event.clientY, x: view.x, y: view.y, isMoved: false };
  canvas.setPointerCapture(event.pointerId);
});
canvas.addEventListener('pointerup', (event) => {
  const isClick = drag && !drag.isMoved;
  drag = undefined;
  if (!isClick) return;
  const box = canvas.getBoundingClientRect();
  select(nearestTo(event.clientX - box.left, event.clientY - box.top));
});
canvas.addEventListener('pointerleave', () => {
  tip.hidden = true;
});

const zoom = (factor) => {
  const scale = Math.min(64, Math.max(1, view.scale * factor));
  const change = scale / view.scale;
  Object.assign(view, scale === 1 ? { scale, x: 0, y: 0 } : { scale, x: view.x * change, y: view.y * change });
  draw();
};
document.getElementById('map-in').addEventListener('click', () => zoom(1.6));
document.getElementById('map-out').addEventListener('click', () => zoom(1 / 1.6));

search.addEventListener('input', () => {
  const wanted = search.value.trim().toLowerCase();
  matches = new Set();
  if (wanted !== '') {
    for (let i = 0; i < count; i++) if (nameOf(i).toLowerCase().includes(wanted)) matches.add(i);
  }
  const isNone = wanted !== '' && matches.size === 0;
  found.textContent = wanted === '' ? '' : isNone ? 'No node matches.' : matches.size + (matches.size === 1 ? ' node' : ' nodes');
  selected = -1;
  near.textContent = '';
  draw();
});
search.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || matches.size === 0) return;
  const wanted = search.value.trim().toLowerCase();
  const exact = [...matches].find((i) => nameOf(i).toLowerCase() === wanted);
  const first = exact ?? [...matches][0];
  matches = new Set();
  select(first);
});

new ResizeObserver(draw).observe(canvas);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
`;
