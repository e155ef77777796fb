/**
 * A timeline drawn as SVG: one lane for each thread, time downward, each step a box, each lock a bar along the lane of who holds
 * it. Drawn once; where one is in it is shown by classes.
 */

import { s } from './dom.js';

/** @typedef {import('./prove-timeline.js').Timeline} Timeline */

/**
 * @typedef {object} Look
 * @property {number} width
 * @property {boolean} [heads]  with the threads' names: for a picture that stands alone
 * @property {boolean} [small]  labels only
 * @property {string} [end]  what is said below the last step
 * @property {boolean} [calm]  nothing is wrong there
 * @property {ReadonlySet<number>} [marked]  positions of steps that are marked
 * @property {number} [cycle]  the position from where on all is repeated for ever
 */

/** @typedef {{ svg: SVGSVGElement, rows: SVGGElement[], tops: number[], height: number }} Drawing */

/** A digit of any common monospaced face is narrower than this, and a letter of any other on the average, in ems. */
const MONO = 0.61;
const SANS = 0.54;
const BOLD = 0.62;
/** A bar for a lock, and the lane's own line. */
const BAR = 7;
const RAIL = 14;
export const LOCK_COLOURS = 6;
/** Narrower than this a lane cannot be read: then the picture is wider than its place. Two fit into 360 pixels, beside a scroll bar. */
const NARROWEST = 125;
/** Narrower than this, letters are smaller. */
const NARROW = 150;

/** @param {number} width  @returns {number} of it, what the steps' numbers take */
function gutterOf(width) {
  return width < 340 ? 28 : 34;
}

/** @param {Timeline} timeline  @param {number} available  @returns {number} how wide the picture is where there is so much room */
export function widthFor(timeline, available) {
  return Math.max(available, gutterOf(available) + timeline.lanes.length * NARROWEST);
}

/** @param {Timeline} timeline  @param {number} width  @returns {{ left: number, width: number }[]} of each lane */
export function lanePlaces(timeline, width) {
  const gutter = gutterOf(width);
  const lane = (width - gutter) / Math.max(1, timeline.lanes.length);
  return timeline.lanes.map((_, i) => ({ left: gutter + i * lane, width: lane }));
}

/**
 * @param {Timeline} timeline
 * @param {Look} look
 * @returns {Drawing}
 */
export function draw(timeline, { width, heads = false, small = false, end = '', calm = false, marked = new Set(), cycle }) {
  const [gutter, places] = [gutterOf(width), lanePlaces(timeline, width)];
  const lane = places[0]?.width ?? width;
  const size = small || lane < NARROW ? 10.5 : 12.5;
  const sizeOfValues = Math.max(10.5, size - 1);
  const line = size < 12 ? 14 : 16;
  const slots = Math.max(0, ...timeline.held.map(({ slot }) => slot + 1));
  const rail = RAIL + slots * BAR;
  const boxWidth = lane - rail - 6;
  const fit = (/** @type {number} */ em, /** @type {number} */ px) => Math.max(8, Math.floor((boxWidth - 11) / (em * px)));

  /** @type {SVGGElement[]} */
  const rows = [];
  /** @type {number[]} */
  const tops = [];
  /** @type {number[]} */
  const heights = [];
  const front = s('g', { class: calm ? 'calm' : null });
  const back = s('g', {});
  let y = heads ? 34 : 6;
  const start = y;
  timeline.steps.forEach((step, k) => {
    const place = places[step.thread] ?? { left: gutter, width };
    const labels = wrap(step.label, fit(MONO, size));
    const values = small ? [] : valuesOf(step).flatMap(({ text, kind }) => wrap(text, fit(SANS, sizeOfValues)).map((part) => ({ text: part, kind })));
    const height = (labels.length + values.length) * line + 8;
    if (timeline.turnsAt(k)) back.append(s('line', { class: 'turn', x1: gutter, x2: width, y1: y - 3, y2: y - 3 }));
    if (k === cycle) back.append(s('line', { class: 'cycle', x1: 0, x2: width, y1: y - 3, y2: y - 3 }));
    const kind = ['row', 'later', step.lost && 'lost', step.note && 'noted', marked.has(k) && 'marked'].filter(Boolean).join(' ');
    const left = place.left + rail;
    const text = s('text', { x: left + 7, y: y + 4 + line * 0.76 });
    labels.forEach((label, i) => text.append(s('tspan', { class: 'label', x: left + 7, dy: i === 0 ? 0 : line, 'font-size': size }, label)));
    values.forEach((value) => text.append(s('tspan', { class: value.kind, x: left + 7, dy: line, 'font-size': sizeOfValues }, value.text)));
    rows.push(s('g', { class: kind, 'data-step': k },
      s('title', {}, `${timeline.sentence(k)}${step.source ? ` ${step.source}` : ''}`),
      // The whole line takes clicks, not the box alone.
      s('rect', { class: 'hit', x: 0, y: y - 2, width, height: height + 4 }),
      s('text', { class: 'number', x: gutter - 6, y: y + 4 + line * 0.76, 'font-size': 10.5, 'text-anchor': 'end' }, String(k + 1)),
      s('circle', { class: 'dot', cx: place.left + 6, cy: y + height / 2, r: 4 }),
      s('rect', { class: 'box', x: left, y, width: boxWidth, height, rx: 4 }),
      text));
    tops.push(y);
    heights.push(height);
    y += height + 6;
  });
  const last = y;
  for (const place of places) back.append(s('line', { class: 'rail', x1: place.left + 6, x2: place.left + 6, y1: start, y2: last }));
  for (const bar of timeline.held) {
    const place = places[bar.thread];
    if (!place) continue;
    const from = bar.from < 0 ? start : (tops[bar.from] ?? start) + (heights[bar.from] ?? 0) / 2;
    const to = bar.to === null ? last : (tops[bar.to] ?? last) + (heights[bar.to] ?? 0) / 2;
    back.append(s('rect', { class: `held lock-${timeline.locks.indexOf(bar.lock) % LOCK_COLOURS}`, x: place.left + 12 + bar.slot * BAR, y: from, width: BAR - 2, height: Math.max(4, to - from), rx: 2.5 },
      s('title', {}, `${timeline.lanes[bar.thread]?.name ?? ''} holds ${bar.lock}`)));
  }
  if (end) {
    const lines = wrap(end, Math.floor((width - gutter - 20) / (BOLD * 12.5)));
    const text = s('text', { class: 'end-words', x: gutter + 8, y: y + 17, 'font-size': 12.5 }, ...lines.map((part, i) => s('tspan', { x: gutter + 8, dy: i === 0 ? 0 : 16 }, part)));
    front.append(s('rect', { class: 'end', x: gutter, y, width: width - gutter - 6, height: lines.length * 16 + 10, rx: 4 }), text);
    y += lines.length * 16 + 16;
  }
  const height = y + 2;
  const svg = s('svg', { class: 'proof-picture', width, height, viewBox: `0 0 ${width} ${height}` }, back, ...rows, front);
  if (heads) svg.prepend(headsOf(timeline, width));
  return { svg, rows, tops, height };
}

/**
 * @param {Timeline} timeline
 * @param {number} width
 */
function headsOf(timeline, width) {
  return s('g', {}, ...lanePlaces(timeline, width).map(({ left, width: room }, i) => {
    const { name, does } = timeline.lanes[i] ?? { name: '', does: '' };
    const fits = (name.length + does.length + 2) * MONO * 12.5 < room;
    return s('text', { class: 'head', x: left + 2, y: 18, 'font-size': 13 }, name, fits && does ? s('tspan', { class: 'values', dx: 8, 'font-size': 11 }, does) : null);
  }));
}

/** @param {Timeline['steps'][number]} step */
function valuesOf(step) {
  return [
    ...(step.reads ? [{ text: `reads ${step.reads}`, kind: 'values' }] : []),
    ...(step.writes ? [{ text: `writes ${step.writes}${step.lost ? ': lost' : ''}`, kind: step.lost ? 'values lost-words' : 'values' }] : step.lost ? [{ text: 'lost', kind: 'lost-words' }] : []),
    ...(step.note ? [{ text: step.note, kind: 'note' }] : []),
  ];
}

/**
 * Breaks at blanks; in a word that is longer than a line, after what joins its parts; and anywhere if it must.
 *
 * @param {string} text
 * @param {number} most  characters of a line
 * @returns {string[]}
 */
export function wrap(text, most) {
  /** @type {string[]} */
  const lines = [];
  let line = '';
  for (const word of text.split(' ')) {
    let blank = line === '' ? '' : ' ';
    for (const piece of word.length > most ? piecesOf(word, most) : [word]) {
      if (line !== '' && line.length + blank.length + piece.length > most) {
        lines.push(line);
        [line, blank] = ['', ''];
      }
      line += blank + piece;
      blank = '';
    }
  }
  return [...lines, line];
}

/**
 * @param {string} word
 * @param {number} most
 * @returns {string[]}
 */
function piecesOf(word, most) {
  return word.split(/(?<=[_(>.,])|(?=\[)/).flatMap((piece) => piece.match(new RegExp(`.{1,${most}}`, 'gu')) ?? []);
}
