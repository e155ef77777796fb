/** All rows, in the order in which they are measured: by name for `--only`, each with its title and the seconds that it takes, whole and quick. */
import { between } from './between.mjs';
import { brokenCells } from './broken-cells.mjs';
import { cleanRun } from './clean-run.mjs';
import { cleanScenarios } from './clean-scenarios.mjs';
import { firstCorruption } from './first-corruption.mjs';
import { firstSample } from './first-sample.mjs';
import { frames } from './frames.mjs';
import { limits } from './limits.mjs';
import { looking } from './looking.mjs';
import { migrating } from './migrating.mjs';
import { migration } from './migration.mjs';
import { againstNative } from './native.mjs';
import { nativeRings } from './native-rings.mjs';
import { passing } from './passing.mjs';
import { readingRivals } from './reading-rivals.mjs';
import { reading } from './reading.mjs';
import { rivals } from './rivals.mjs';
import { sampling } from './sampling.mjs';
import { scale } from './scale.mjs';
import { searching } from './searching.mjs';
import { size } from './size.mjs';
import { spinlock } from './spinlock.mjs';
import { truth } from './truth.mjs';

/**
 * @typedef {object} Group
 * @property {string} title
 * @property {(bench: import('./row.mjs').Bench) => Promise<import('./row.mjs').Row[]>} measure
 * @property {[number, number]} seconds on a machine of two cores: whole, quick
 * @property {true} [fixed]  it does as much however short the time is: its target says how much, or most of it is no rounds
 */

/** @type {Record<string, Group>} */
export const GROUPS = {
  readingRivals: { title: 'Reading alone, beside JavaScript’s rings', measure: readingRivals, seconds: [14, 4] },
  passing: { title: 'Completing and reading on one thread, beside other rings (rtrb takes no lock, and orders one producer only)', measure: passing, seconds: [23, 5] },
  between: { title: 'From one Worker to another, beside other rings', measure: between, seconds: [35, 7] },
  nativeRings: { title: 'The same without a browser, and Linux’s own ring', measure: nativeRings, seconds: [28, 8] },
  limits: { title: 'Limits of this machine', measure: limits, seconds: [5, 2] },
  spinlock: { title: 'What the extra spinlock costs the reader', measure: spinlock, seconds: [22, 5] },
  reading: { title: 'What the Machine costs the read path', measure: reading, seconds: [27, 5] },
  migration: { title: 'What a migration costs', measure: migration, seconds: [6, 2] },
  migrating: { title: 'What the fix leaves of the reader’s rate while pages migrate', measure: migrating, seconds: [36, 5] },
  againstNative: { title: 'wasm against native', measure: againstNative, seconds: [20, 3] },
  firstCorruption: { title: 'Until the race shows', measure: firstCorruption, seconds: [5, 2], fixed: true },
  brokenCells: { title: 'Broken cells on Workers', measure: brokenCells, seconds: [80, 15], fixed: true },
  cleanRun: { title: 'v4 stays clean', measure: cleanRun, seconds: [20, 10], fixed: true },
  cleanScenarios: { title: 'v4 stays clean in every scenario', measure: cleanScenarios, seconds: [120, 6], fixed: true },
  searching: { title: 'Searching', measure: searching, seconds: [36, 7] },
  truth: { title: 'The table of truth, searched', measure: truth, seconds: [50, 2], fixed: true },
  rivals: { title: 'Other checkers', measure: rivals, seconds: [13, 1], fixed: true },
  frames: { title: 'The page beside a run', measure: frames, seconds: [116, 5] },
  sampling: { title: 'What looking costs the readers', measure: sampling, seconds: [50, 4] },
  looking: { title: 'What looking costs a reader while pages migrate', measure: looking, seconds: [30, 4] },
  scale: { title: 'More threads than cores, larger rings, more cores', measure: scale, seconds: [91, 6], fixed: true },
  size: { title: 'What there is to load', measure: size, seconds: [1, 1], fixed: true },
  firstSample: { title: 'How long a visitor waits', measure: firstSample, seconds: [11, 4] },
};
