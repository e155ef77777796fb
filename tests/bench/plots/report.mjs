/** The page of plots: one file, no scripts, nothing loaded; it opens from the disk. */
import { readFileSync } from 'node:fs';

import { number } from '../number.mjs';
import { shareInWords } from '../share.mjs';
import { curves } from './curves.mjs';
import { html, raw } from './html.mjs';
import { badge, overLimit, others, rivals, subjectOf, targets } from './pictures.mjs';
import { soaked } from './soak.mjs';

const STYLE = readFileSync(new URL('./report.css', import.meta.url), 'utf8');

/**
 * @typedef {object} Result
 * @property {import('../machine.mjs').Machine} machine
 * @property {Record<string, string>} versions
 * @property {boolean} quick
 * @property {number} share  of the rounds, from 0 to 1
 * @property {number} seconds
 * @property {import('../kept.mjs').Group[]} groups
 * @property {import('../../soak/verdict.mjs').Soak | null} [soak]  the newest one, if there was any
 */

/** @param {Result} result  @returns {string} a whole document */
export function report(result) {
  const rows = result.groups.flatMap((group) => group.rows);
  return String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>aio-ring-lab: bench</title>
<link rel="icon" href="data:,">
<style>${raw(STYLE)}</style>
</head>
<body>
<main>
<h1>aio-ring-lab: what it costs</h1>
${summary(result, rows)}
${targets(rows)}
${rivals(rows)}
${curves(rows)}
${result.soak && soaked(result.soak)}
${others(result.groups)}
<h2>All figures</h2>
${result.groups.map(figures)}
</main>
</body>
</html>
`);
}

/** @param {Result} result  @param {import('../rows/row.mjs').Row[]} rows */
function summary({ machine, versions, quick, share, seconds, groups }, rows) {
  const missed = rows.filter((row) => row.met === false);
  const open = rows.filter((row) => row.target !== null && row.met === null);
  const facts = {
    machine: `${machine.cores} cores, ${machine.model ?? 'model unknown'}, ${machine.system}, load ${machine.load.toFixed(1)} at the start`,
    date: machine.date,
    'measured for': `${(seconds / 60).toFixed(1)} min${shareInWords(quick, share)}`,
    'built from': `${machine.commit?.slice(0, 12) ?? 'no commit'}${machine.changed ? ' with changes' : ''}`,
    with: [machine.browser, `Node ${machine.node}`, machine.rustc].filter(Boolean).join(', '),
    threads: 'on whichever cores the system puts them: none is pinned, for a page cannot pin its Workers; rivals are measured in turns with ours, so on the same cores in the long run',
    against: [...new Set(Object.values(versions))].join(', '),
  };
  const kept = groups.filter((group) => group.kept);
  return html`<dl class="facts">${Object.entries(facts).map(([name, fact]) => html`<dt>${name}</dt><dd>${fact}</dd>`)}</dl>
<p><b>${rows.filter((row) => row.met).length} targets met, ${missed.length} missed${open.length > 0 ? `, ${open.length} open` : ''}.</b></p>
${kept.length > 0 ? html`<p>Kept from earlier runs, and not measured in this one: ${kept.map(({ title }) => title).join('; ')}.</p>` : ''}
${missed.length > 0 ? html`<ul>${missed.map((row) => html`<li>${badge(row)} ${subjectOf(row)}</li>`)}</ul>` : ''}`;
}

/** @param {Result['groups'][number]} group */
function figures({ title, seconds, rows, kept }) {
  const when = kept ? `, kept from ${kept.date}, built from ${kept.commit?.slice(0, 12) ?? 'no commit'}${shareInWords(kept.quick, kept.share)}` : '';
  return html`<section class="figures"><h3>${title} <span class="quiet">${Math.round(seconds)} s${when}</span></h3>
<ul>${rows.map((row) => {
    const { name, figure, unit, spread, ratio, limit, target, how } = row;
    return html`<li><details><summary><span>${name}</span> <b>${figure === null ? 'not measured' : `${number(figure)} ${unit}`}</b>${
      ratio ? html` <span class="quiet">${ratio.of}: ${number(ratio.figure)} × [${ratio.interval.map(number).join(', ')}]</span>` : ''
    }${overLimit(row)}${target === null ? '' : html` <span class="quiet">${target}</span>`} ${badge(row)}</summary><p>${how}${limit ? `. Limit: ${limit.name}` : ''}</p>${
      spread ? html`<p class="quiet">${spread.n} values: ${number(spread.min)} · ${number(spread.q1)} – ${number(spread.q3)} · ${number(spread.max)} (minimum, quartiles, maximum)</p>` : ''
    }</details></li>`;
  })}</ul></section>`;
}
