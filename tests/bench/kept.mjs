/** What lies in dist/bench: a file for each group of rows, all of them together, the newest soak, and the page of plots. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import { report } from './plots/report.mjs';
import { GROUPS } from './rows/index.mjs';

export const OUT = new URL('../../dist/bench/', import.meta.url);

/**
 * @typedef {object} Group
 * @property {string} name
 * @property {string} title
 * @property {number} seconds
 * @property {import('./rows/row.mjs').Row[]} rows
 * @property {{ date: string, commit: string | null, quick: boolean, share: number }} [kept]  from an earlier run
 */

/** @param {string} name  @param {unknown} value */
export function write(name, value) {
  mkdirSync(OUT, { recursive: true });
  writeFileSync(new URL(name, OUT), `${JSON.stringify(value, null, 2)}\n`);
}

/** @param {string} name  @returns {any} null: there is none, or it is not whole */
export function read(name) {
  try {
    return JSON.parse(readFileSync(new URL(name, OUT), 'utf8'));
  } catch {
    return null;
  }
}

/**
 * The groups that were measured, and between them those that earlier runs have left.
 *
 * @param {Group[]} measured
 * @param {(name: string) => any} [earlier]  what was written for a group, with the machine that it was measured on
 * @returns {Group[]} in the order of all groups
 */
export const withKept = (measured, earlier = (name) => read(`${name}.json`)) => Object.keys(GROUPS).flatMap((name) => {
  const now = measured.find((group) => group.name === name);
  if (now) return now;
  const { title, seconds, rows, machine, quick, share = 1 } = earlier(name) ?? {};
  return Array.isArray(rows) && machine ? { name, title, seconds, rows, kept: { date: machine.date, commit: machine.commit, quick, share } } : [];
});

/** The page of plots, of what was measured and of the newest soak. @param {import('./plots/report.mjs').Result} result */
export function writePage(result) {
  writeFileSync(new URL('index.html', OUT), report({ ...result, soak: read('soak.json') }));
}
