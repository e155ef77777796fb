/**
 * A trace as the commit message draws it: a column for each thread, time downward, what was lost in red.
 * It is a table, so a screen reader has the same picture: a row is a moment, a column a thread.
 */

import { h } from './dom.js';

/** @typedef {import('./types.js').Trace} Trace */

/** More threads than this get one column for all, with their names: a picture a screen wide shows no more. */
const LANES = 6;

/**
 * @param {Trace} trace
 * @param {string} caption
 */
export function lanes(trace, caption) {
  // Threads without a step would be empty columns.
  const active = trace.threads.map((name, thread) => ({ name, thread, does: trace.functions[thread] ?? '' })).filter(({ thread }) => trace.steps.some((step) => step.thread === thread));
  const columns = active.length <= LANES ? active : [];
  const heads = columns.length > 0 ? columns.map(({ name, does }) => h('th', { scope: 'col', role: 'columnheader' }, name, does ? h('code', { class: 'lane-function' }, does) : null)) : [h('th', { scope: 'col', role: 'columnheader' }, 'All threads')];
  const rows = trace.steps.map((step, i) => {
    const before = trace.steps[i - 1];
    const kind = step.lost ? 'step lost' : step.note ? 'step noted' : isFolded(step) ? 'step folded' : 'step';
    const texts = () => h('td', { class: kind, role: 'cell' }, ...stepTexts(step, trace.threads[step.thread] ?? ''));
    const cells = columns.length > 0 ? columns.map(({ thread }) => (thread === step.thread ? texts() : h('td', { class: 'idle', role: 'cell' }))) : [texts()];
    const turned = before !== undefined && before.thread !== step.thread;
    return h('tr', { class: turned ? 'turn' : null, role: 'row' }, h('th', { scope: 'row', role: 'rowheader', class: 'num' }, String(i + 1)), ...cells);
  });
  const table = h(
    // The roles are said again because a style sheet that sets `display`, as for narrow screens, takes them away.
    'table', { role: 'table', class: 'lanes', 'data-lanes': columns.length > 0 ? columns.length : 'list' },
    h('caption', { class: 'unseen-by-eye' }, caption),
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, h('th', { scope: 'col', role: 'columnheader' }, h('span', { class: 'unseen-by-eye' }, 'Step')), ...heads)),
    h('tbody', { role: 'rowgroup' }, ...rows),
  );
  return h('div', { class: 'lanes-scroll', tabindex: '0', role: 'region', 'aria-label': caption }, table);
}

/**
 * @param {Trace['steps'][number]} step
 * @returns {boolean} whether it stands for many steps that do not matter here
 */
function isFolded(step) {
  return step.label.startsWith('...') || step.label.startsWith('…');
}

/**
 * @param {Trace['steps'][number]} step
 * @param {string} thread  shown where there is no room for columns
 */
function stepTexts(step, thread) {
  return [
    h('span', { class: 'step-thread' }, thread),
    h('span', { class: 'step-line' },
      h('code', { class: 'step-label' }, step.label),
      step.reads !== undefined && step.reads !== '' ? h('span', { class: 'step-value' }, 'reads ', h('code', {}, step.reads)) : null,
      step.writes !== undefined && step.writes !== '' ? h('span', { class: 'step-value' }, 'writes ', h('code', {}, step.writes)) : null,
      step.lost ? h('strong', { class: 'step-lost' }, 'lost') : null),
    step.note ? h('span', { class: 'step-note' }, step.note) : null,
    step.source && !isFolded(step) ? h('span', { class: 'step-source' }, step.source) : null,
  ];
}
