/** A trace to be taken along: as SVG, PNG, text, JSON, or a link. */

import { copyButton } from './copy.js';
import { button, colour, h, s, setText } from './dom.js';
import { download } from './download.js';
import { draw } from './prove-drawing.js';

/** @typedef {import('./prove-timeline.js').Timeline} Timeline */

/** Pixels of the file for one of the picture; less where the browser could not make so large a picture. */
const SCALE = 2;
const LARGEST = 16_000;
/** Of a lane in a file. */
const LANE = 290;
const MARGIN = 16;

const INKS = /** @type {const} */ (['panel', 'ink', 'soft', 'line', 'edge', 'accent', 'accent-bg', 'wrong', 'wrong-bg', 'kind-1', 'kind-2', 'kind-3', 'kind-5', 'kind-6', 'kind-7', 'sans', 'mono']);

/**
 * @param {() => { timeline: Timeline, look: Omit<import('./prove-drawing.js').Look, 'width'> } | null} current
 * @param {() => string} link  to the trace at the present step; may throw
 */
export function exportRow(current, link) {
  const said = h('span', { class: 'small soft', role: 'status' });
  const save = (/** @type {string} */ label, /** @type {string} */ suffix, /** @type {(of: NonNullable<ReturnType<typeof current>>) => Blob | Promise<Blob>} */ make) => button(label, () => {
    const of = current();
    if (!of) return;
    setText(said, '');
    const { scenario, protocol } = of.timeline.trace;
    const name = `aio-ring-lab-${scenario}-${typeof protocol === 'string' ? protocol : 'custom'}-trace.${suffix}`;
    Promise.resolve(of).then(make).then((file) => download(name, file), () => setText(said, 'The browser could not make this file.'));
  }, { 'data-export': suffix });
  return h('div', { class: 'row exports', role: 'group', 'aria-label': 'Take the trace along' },
    copyButton('Copy link', link, said),
    save('SVG', 'svg', (of) => new Blob([standalone(of).text], { type: 'image/svg+xml' })),
    save('PNG', 'png', (of) => png(standalone(of))),
    save('Text', 'txt', ({ timeline }) => new Blob([timeline.trace.toText()], { type: 'text/plain' })),
    save('JSON', 'json', ({ timeline }) => new Blob([`${JSON.stringify(timeline.trace, null, 2)}\n`], { type: 'application/json' })),
    said);
}

/**
 * @param {NonNullable<ReturnType<Parameters<typeof exportRow>[0]>>} of
 * @returns {{ text: string, width: number, height: number }} a picture that needs no style sheet
 */
function standalone({ timeline, look }) {
  const inner = Math.max(360, 34 + timeline.lanes.length * LANE);
  const drawing = draw(timeline, { ...look, width: inner, heads: true });
  const [width, height] = [inner + 2 * MARGIN, drawing.height + 2 * MARGIN];
  const { svg } = drawing;
  for (const row of drawing.rows) row.classList.remove('later');
  svg.setAttribute('viewBox', `${-MARGIN} ${-MARGIN} ${width} ${height}`);
  svg.setAttribute('width', String(width));
  svg.setAttribute('height', String(height));
  svg.prepend(s('style', {}, styles()), s('rect', { x: -MARGIN, y: -MARGIN, width, height, class: 'paper' }));
  return { text: new XMLSerializer().serializeToString(svg), width, height };
}

/** @returns {string} the picture's own part of the style sheets, with the colours of the present theme */
function styles() {
  const root = getComputedStyle(document.documentElement);
  const inks = INKS.map((name) => `--${name}: ${name === 'sans' || name === 'mono' ? root.getPropertyValue(`--${name}`) : colour(`--${name}`)};`).join(' ');
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).map((rule) => rule.cssText).filter((text) => /^\.proof-picture\b/.test(text));
  return `.proof-picture { ${inks} }\n.paper { fill: var(--panel); }\n${rules.join('\n')}`;
}

/** @param {{ text: string, width: number, height: number }} picture  @returns {Promise<Blob>} */
async function png({ text, width, height }) {
  const image = new Image(width, height);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const scale = Math.min(SCALE, LARGEST / Math.max(width, height));
  const canvas = h('canvas', { width: Math.round(width * scale), height: Math.round(height * scale) });
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => canvas.toBlob((file) => (file ? resolve(file) : reject(new Error('no picture'))), 'image/png'));
}
