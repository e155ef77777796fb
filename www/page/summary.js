/** A run in words: what was run, how it ended, what the charts show. */

import { CUSTOM } from './link.js';
import { count, duration, plural, short } from './format.js';
import { plainName } from './outcome.js';
import { ROLES, rolesInWords } from './roles.js';
import { doneInWords, totalOf } from './tiles.js';

/** @typedef {import('./types.js').Lab} Lab */
/** @typedef {import('./types.js').Run} Run */
/** @typedef {import('./types.js').Report} Report */
/** @typedef {import('./types.js').Sample} Sample */

/** Fields that are said in other words. */
const UNSAID = [...ROLES.map(({ field }) => field), 'durationMs'];

/**
 * @param {Lab} lab
 * @param {Run['config']} config
 * @returns {string} such as `Lost head · Linux 3.12 · 1 reader, 1 migrator, readers complete their own requests · batch: 1 event`
 */
export function runInWords(lab, config) {
  const scenario = lab.scenarios.find((known) => known.name === config.scenario)?.title ?? config.scenario;
  const others = lab.fields
    .filter((field) => !UNSAID.includes(field.name) && config[field.name] !== field.default)
    .map((field) => settingInWords(field, config[field.name]));
  return [scenario, titleOf(lab, config.protocol), rolesInWords(config), ...others].join(' · ');
}

/**
 * @param {Lab} lab
 * @param {Run['config']['protocol']} protocol
 * @returns {string}
 */
export function titleOf(lab, protocol) {
  return lab.protocols.find((known) => known.name === protocol)?.title ?? 'Custom';
}

/**
 * @param {Lab} lab
 * @param {Run['config']['protocol']} protocol
 * @returns {string} for the middle of a sentence: `v1` of `v1: wait for ring_lock`
 */
export function briefly(lab, protocol) {
  return lab.protocols.some((known) => known.name === protocol) ? (titleOf(lab, protocol).split(':')[0] ?? '') : 'these parts';
}

/**
 * @param {Lab['fields'][number]} field
 * @param {unknown} value
 * @returns {string} such as `batch: 1 event`
 */
export function settingInWords(field, value) {
  return `${field.label.toLowerCase()}: ${valueOf(field, value)}`;
}

/**
 * @param {Lab['fields'][number]} field
 * @param {unknown} value
 */
function valueOf(field, value) {
  const choice = field.choices?.find((known) => known.value === value);
  if (choice) return choice.label;
  return typeof value === 'number' ? `${count(value)}${field.unit ? ` ${field.unit}` : ''}` : String(value);
}

/**
 * @param {Lab} lab
 * @param {Report} report
 * @returns {string} for the status line
 */
export function endInWords(lab, report) {
  const stuck = report.deadlock?.cycle ? 'Deadlock' : 'Nobody could go on; ended';
  const how = { duration: 'Finished', stopped: 'Stopped', aborted: 'Stopped', deadlock: stuck }[report.reason];
  const what = `${how} after ${duration(Math.max(10, report.timeMs))}: ${doneInWords(report)}, `;
  const total = totalOf(report);
  if (total === 0) return `${what}no corruption observed.`;
  const first = report.firstCorruption;
  const kind = first && (lab.kinds.find((known) => known.name === first.kind)?.label ?? first.kind);
  return `${what}${plural(total, 'corruption')}${first ? `; the first, ${kind}, after ${duration(first.timeMs)}` : ''}.`;
}

/**
 * @param {Lab} lab
 * @param {Sample} sample
 * @param {{ events: number, migrations: number }} rate
 * @param {{ name: string, correct: boolean | null }} protocol  whose speed it is
 * @returns {string[]} throughput and corruptions, for those who do not see the charts
 */
export function chartsInWords(lab, sample, rate, protocol) {
  const time = duration(Math.max(10, sample.timeMs));
  const seen = lab.kinds.filter((kind) => (sample.corruptions[kind.name] ?? 0) > 0);
  return [
    `After ${time} of ${plainName(protocol)}: ${short(rate.events)} events a second and ${short(rate.migrations)} migrations a second in the mean.`,
    seen.length === 0
      ? `After ${time}: no corruption observed in ${doneInWords(sample)}.`
      : `After ${time}: ${seen.map((kind) => `${kind.label} ${count(sample.corruptions[kind.name] ?? 0)}`).join(', ')}.`,
  ];
}

/**
 * @param {Run['config']} config
 * @returns {string} the preset's name; parts have none of their own
 */
export function nameInFiles({ protocol }) {
  return typeof protocol === 'string' ? protocol : CUSTOM;
}

/**
 * @param {Run['config']} config
 * @returns {string} for the name of a file
 */
export function fileName(config) {
  return `${config.scenario}-${nameInFiles(config)}-${config['readers']}r${config['migrators']}m${config['completers']}c-seed${config['seed']}`;
}
