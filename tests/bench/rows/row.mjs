/** What a row of the result says. */
import { number } from '../number.mjs';
import { interval, spread } from '../stats.mjs';

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {number | null} figure  the median where there are several values
 * @property {string} unit
 * @property {string | null} target  in words; null: there is none, the figure is for information
 * @property {boolean | null} met
 * @property {ReturnType<typeof spread> | null} spread
 * @property {string} how  how it was measured
 * @property {Ratio} [ratio]  the figure beside another one; the target, if there is one, is about this
 * @property {number} [goal]  the target as a number, where it is one: of the ratio if there is one, else of the figure
 * @property {'more' | 'less'} [better]  which side of the goal is the good one
 * @property {[number, number]} [interval]  95 % bootstrap interval of the median that the goal is held against
 * @property {boolean} [worst]  the figure is the largest of the values, not their median
 * @property {Plot} [plot]  its place in a picture of rivals
 * @property {Limit} [limit]  what the figure could be at the best
 * @property {Curve[]} [curves]  what it does as something grows
 * @property {boolean} [wrong]  of a protocol that is wrong: its speed is a yardstick and nothing else
 * @property {unknown} [details]
 */

/**
 * Rounds of two subjects, divided round by round.
 *
 * @typedef {object} Ratio
 * @property {string} of  what was divided by what, in words
 * @property {number} figure  the median
 * @property {[number, number]} interval  95 % bootstrap interval of the median
 * @property {ReturnType<typeof spread>} spread
 */

/**
 * What ours could be at the best, in the row's unit: copies and locked instructions, each timed by itself on this machine in the same
 * run, added up. In code they may overlap, so that a figure can come a little nearer than 1, or past it.
 *
 * @typedef {{ name: string, figure: number }} Limit
 */

/**
 * @typedef {object} Plot
 * @property {string} picture  its title
 * @property {string} group  under which its mark stands, such as a batch
 * @property {string} line  whose mark it is
 * @property {'ours' | 'rival' | 'limit'} kind
 * @property {boolean} [wrong]  of a protocol that is wrong: its speed is a yardstick and nothing else
 */

/**
 * Series over the same values of `x`; `null` where there is none.
 *
 * @typedef {object} Curve
 * @property {string} title
 * @property {string} label  what `x` is
 * @property {string} unit  of the values
 * @property {number[]} x  ascending
 * @property {Series[]} series  three at most
 * @property {number} [goal]  a target, drawn across
 * @property {boolean} [even]  `x` goes on evenly from 0, and not in powers
 */

/** @typedef {{ name: string, values: (number | null)[], low: (number | null)[], high: (number | null)[], projected?: boolean, wrong?: boolean }} Series `low` to `high`: a 95 % interval; `projected`: not measured; `wrong`: of a protocol that is */

/**
 * What a row needs: the browser, the bench of this machine, and whether to be quick about it.
 *
 * @typedef {object} Bench
 * @property {import('../chromium.mjs').Chromium} chromium
 * @property {(subject: string, batch: number, ms: number, samples: number) => number[]} native
 * @property {(program: string, ...args: unknown[]) => any} here  what a program of the bench prints on this machine
 * @property {(question: { batch: number, ms: number, rounds: string[][] }) => Record<string, any>[]} nativeRounds  the rings on this machine; in a figure's place `{ lacks }`
 * @property {Record<string, string>} versions  of what is measured against, by name
 * @property {(name: string) => import('../protocols.mjs').Protocol} protocol  what the lab says of the preset of that name
 * @property {number} warmUpMs  how long a subject runs before it is measured: V8 compiles once more, for speed, after a while
 * @property {boolean} quick
 * @property {(whole: number, quick: number) => number} roundsOf  how many there are, between those of the whole bench and those of the quick one
 */

/**
 * A row about values of which the median counts.
 *
 * @param {{ name: string, values: number[], unit: string, how: string, atMost?: number | undefined, atLeast?: number | undefined, ratio?: { of: string, values: number[] }, limit?: Limit | undefined, plot?: Plot, curves?: Curve[], details?: unknown }} row
 *   `ratio`: the bounds are about this, not about the values
 * @returns {Row}
 */
export function ofValues({ name, values, unit, how, atMost, atLeast, ratio, limit, plot, curves, details }) {
  const spreads = spread(values);
  const judged = ratio ? spread(ratio.values) : spreads;
  const judgedInterval = interval(ratio?.values ?? values);
  const goal = atMost ?? atLeast;
  return {
    name,
    figure: spreads.median,
    unit,
    target: goal === undefined ? null : `${atMost === undefined ? '≥' : '≤'} ${goal}`,
    met: goal === undefined ? null : atMost === undefined ? judged.median >= goal : judged.median <= goal,
    spread: spreads,
    how,
    ...(ratio && { ratio: { of: ratio.of, figure: judged.median, interval: judgedInterval, spread: judged } }),
    ...(goal !== undefined && { goal, better: atMost === undefined ? 'more' : 'less', interval: judgedInterval }),
    ...(limit && { limit }),
    ...(plot && { plot }),
    ...(curves && { curves }),
    ...(details !== undefined && { details }),
  };
}

/**
 * A row about values of which the largest counts.
 *
 * @param {{ name: string, values: number[], unit: string, how: string, atMost?: number, curves?: Curve[] }} row
 * @returns {Row}
 */
export function ofWorst(row) {
  const figure = Math.max(...row.values);
  return { ...ofValues(row), worst: true, figure, met: row.atMost === undefined ? null : figure <= row.atMost };
}

/**
 * What few rounds say of a median: where the goal lies within its interval, they cannot tell on which side it is.
 *
 * @param {Row} row  @param {string} why there are few  @returns {Row}
 */
export function undecided(row, why) {
  const { goal, interval: [low, high] = [NaN, NaN], worst, how } = row;
  if (goal === undefined || worst || !(low < goal && goal < high)) return row;
  return { ...row, met: null, how: `${how}; ${why}: the target lies within the interval of ${number(low)} to ${number(high)}, too few rounds for a verdict` };
}

/** A row without a figure. @param {{ name: string, unit: string, why: string }} row  @returns {Row} */
export const notMeasured = ({ name, unit, why }) => ({ name, figure: null, unit, target: null, met: null, spread: null, how: why });
