/** The state of the world between two steps: threads, contexts with their pages, frames, locks. What the last step changed is marked. */

import { breakable, h } from './dom.js';
import { pageName } from './ring-slots.js';

/** @typedef {import('./prove-types.js').StateView} StateView */
/** @typedef {import('./prove-types.js').ThreadView} ThreadView */
/** @typedef {import('./prove-types.js').ContextView} ContextView */
/** @typedef {import('./prove-types.js').RingPage} RingPage */

const NOBODY = 'nobody';
/** @typedef {import('./prove-timeline.js').Timeline} Timeline */

/**
 * @param {Timeline} timeline
 * @param {number} position
 * @returns {Node[]}
 */
export function stateAt(timeline, position) {
  const now = timeline.viewAt(position);
  if (!now) return [h('p', { class: 'small soft' }, 'The lab has no record of the state here.')];
  const before = timeline.viewBefore(position);
  return [
    ...(now.words ? words(now.words, before?.words) : []),
    ...(now.contexts ? contexts(now.contexts, before?.contexts) : []),
    ...(now.frames ? frames(timeline, now.frames, before?.frames) : []),
    ...locks(timeline, now, before),
    ...threads(timeline, now.threads, before?.threads),
  ];
}

/**
 * @param {NonNullable<StateView['words']>} now
 * @param {StateView['words']} before
 */
function words(now, before) {
  return [table('Memory', ['word', 'value'], now.map(({ name, value }, i) => [cell(name), cell(value, before?.[i]?.value)]))];
}

/**
 * @param {ContextView[]} now
 * @param {ContextView[] | undefined} before
 */
function contexts(now, before) {
  return now.map((context, i) => {
    const old = before?.[i];
    const pages = (/** @type {'ringPages' | 'filePages'} */ key) => h('span', { class: 'state-pages' }, ...context[key].map((page, k) => {
      const text = pageText(page);
      return h('span', { class: `state-page${page ? '' : ' null'}${old && pageText(old[key][k] ?? null) !== text ? ' changed' : ''}`, title: page ? `frame ${page.frame}, generation ${page.generation}` : 'no page' },
        h('span', { class: 'soft' }, `[${pageName(i, k, now.length)}] `), text);
    }));
    const facts = /** @type {const} */ ([
      ['tail', context.tail, old?.tail], ['slots available', context.reqsAvailable, old?.reqsAvailable], ['users', context.users, old?.users],
      ['', context.connected ? 'connected' : 'disconnected', old && (old.connected ? 'connected' : 'disconnected')],
      ['', context.live ? 'live' : 'free', old && (old.live ? 'live' : 'free')],
    ]);
    return h('section', { class: 'state-part' },
      h('h4', {}, now.length > 1 ? `Context ${context.slot}` : 'Context'),
      h('dl', { class: 'state-list' },
        h('div', {}, h('dt', {}, 'ring_pages[]'), h('dd', {}, pages('ringPages'))),
        h('div', {}, h('dt', {}, 'mapping'), h('dd', {}, pages('filePages')))),
      h('p', { class: 'state-facts' }, ...facts.map(([name, value, was]) =>
        h('span', { class: was !== undefined && was !== value ? 'changed' : null }, name ? h('span', { class: 'soft' }, `${name} `) : null, String(value)))));
  });
}

/** @param {RingPage} page */
function pageText(page) {
  return page ? `frame ${page.frame}` : 'NULL';
}

/**
 * @param {Timeline} timeline
 * @param {NonNullable<StateView['frames']>} now
 * @param {StateView['frames']} before
 */
function frames(timeline, now, before) {
  // A frame that is free from the beginning to the end has no part in it.
  const shown = now.flatMap((frame, i) => (timeline.views.some((view) => view.frames?.[i]?.free === false) ? [{ frame, i }] : []));
  const left = now.length - shown.length;
  const rows = shown.map(({ frame, i }) => {
    const old = before?.[i];
    const touched = Number(frame.touched) > 0;
    return [
      cell(String(i)), cell(frame.free ? 'free' : frame.refs, old && (old.free ? 'free' : old.refs)), cell(frame.head, old && (old.head ?? null)), cell(frame.tail, old && (old.tail ?? null)),
      cell(frame.generation, old?.generation), h('td', { class: `${touched ? 'wrong-text' : ''}${old && Number(old.touched) !== Number(frame.touched) ? ' changed' : ''}` }, touched ? 'while free' : ''),
    ];
  });
  const part = table('Frames', ['frame', 'references', 'head', 'tail', 'generation', 'touched'], rows);
  if (left > 0) part.append(h('p', { class: 'small soft' }, `${left} more ${left === 1 ? 'is' : 'are'} free throughout.`));
  return [part];
}

/**
 * @param {Timeline} timeline
 * @param {StateView} view
 * @param {StateView | undefined} before
 */
function locks(timeline, view, before) {
  const now = view.locks;
  const holders = (/** @type {StateView} */ { locks, threads }, /** @type {number} */ i) => {
    const lock = locks[i];
    if (lock?.owner) return lock.owner;
    if (!lock?.readers) return NOBODY;
    const names = threads.flatMap(({ holds }, thread) => (holds.includes(lock.name) ? [timeline.lanes[thread]?.name ?? String(thread)] : []));
    return `${names.join(', ') || lock.readers}, reading`;
  };
  // A lock that nobody ever holds has no part in it.
  const shown = now.flatMap((lock, i) => (timeline.views.some((other) => holders(other, i) !== NOBODY) ? [{ lock, i }] : []));
  if (now.length === 0) return [];
  const part = table('Locks', ['lock', 'held by'], shown.map(({ lock, i }) => [cell(lock.name), cell(holders(view, i), before && holders(before, i))]));
  if (shown.length < now.length) part.append(h('p', { class: 'small soft' }, `Nobody ever holds ${now.flatMap((lock, i) => (shown.some((one) => one.i === i) ? [] : [lock.name])).join(', ')}.`));
  return [part];
}

/**
 * @param {Timeline} timeline
 * @param {ThreadView[]} now
 * @param {ThreadView[] | undefined} before
 */
function threads(timeline, now, before) {
  const rows = now.map((thread, i) => [
    cell(timeline.lanes[i]?.name ?? String(i)), cell(standing(thread), before?.[i] && standing(before[i])),
    cell(thread.holds.join(', ') || 'nothing', before?.[i] && (before[i].holds.join(', ') || 'nothing')),
  ]);
  return [table('Threads', ['thread', 'stands before', 'holds'], rows)];
}

/** @param {ThreadView} thread */
function standing({ standing: how, next, waitsFor, heldBy }) {
  if (how === 'ended') return 'its end';
  if (how === 'waiting') return `waits for ${waitsFor ?? next?.label ?? '?'}${heldBy ? `, held by ${heldBy}` : ''}`;
  return next?.label ?? 'a step';
}

/**
 * @param {string | number | null | undefined} value
 * @param {string | number | null} [was]  undefined: not known
 */
function cell(value, was) {
  const text = value === undefined || value === null ? '' : String(value);
  return h('td', { class: was !== undefined && String(was ?? '') !== text ? 'changed' : null }, ...breakable(text));
}

/**
 * @param {string} title
 * @param {string[]} heads
 * @param {HTMLElement[][]} rows  the first cell of each names it
 */
function table(title, heads, rows) {
  return h('section', { class: 'state-part' },
    h('table', { class: 'state-table num' },
      h('caption', {}, title),
      h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
      h('tbody', {}, ...rows.map(([first, ...cells]) => h('tr', {}, h('th', { scope: 'row' }, first?.textContent ?? ''), ...cells)))));
}
