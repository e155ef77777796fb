/**
 * Whether what has the shape of a comparison can be one that this lab has made: protocols and settings that it knows, figures that
 * follow from the trials, and findings that follow from the figures. What a protocol is called, whether it is right, and all
 * sentences are not believed, but said anew.
 *
 * @module
 */
import { completed } from './comparison-completed.js';
import { isCorrect, protocolName } from './comparison-protocols.js';
import { checkShape, refuse } from './comparison-shape.js';
import { intervalBounds, median, ratiosOf, valuesOf } from './comparison-trials.js';
import { leastRounds } from './comparison-words.js';

/** @typedef {import('./types-compare.js').Catalogue} Catalogue */
/** @typedef {import('./types-compare.js').ComparisonData} ComparisonData */
/** @typedef {import('./types-compare.js').ComparisonPoint} ComparisonPoint */
/** @typedef {import('./types-compare.js').Ratio} Ratio */
/** @typedef {import('./types.js').FieldInfo} FieldInfo */
/** @typedef {import('./types.js').Parts} Parts */

/** Sums in another order come out a little different, but by far less than this part. */
const ROUNDING = 1e-9;

/** The metric of the control. */
const OF_THE_CONTROL = 'eventsPerSecond';

/**
 * @param {unknown} data From anywhere.
 * @param {Catalogue} lab
 * @returns {ComparisonData}
 * @throws {import('./errors.js').ComparisonError}
 */
export function readComparison(data, lab) {
  const { format: _, ...made } = checkShape(data, '');
  const { comparing } = lab;
  const { config, machine, points } = made;
  config.protocols = config.protocols.map((protocol, i) => protocolOf(protocol, `config.protocols[${i}]`, lab));
  settingsOf(config.fields, 'config.fields', comparing.fields);
  const values = config.sweep ? sweepOf(config.sweep, lab) : [null];
  if (points.length !== values.length) refuse('points', points, `a list of ${values.length}, one for each value of the sweep`);
  points.forEach((point, i) => {
    const path = `points[${i}]`;
    const value = values[i] ?? null;
    if (point.value !== value) refuse(`${path}.value`, point.value, `${value}, as in the sweep`);
    const settings = { ...config.fields, ...(config.sweep && value !== null && { [config.sweep.field]: value }) };
    for (const field of Object.keys({ ...settings, ...point.settings })) {
      if (point.settings[field] !== settings[field]) refuse(`${path}.settings.${field}`, point.settings[field], field in settings ? `${settings[field]}, as in the configuration` : 'left out: there is no such field');
    }
    point.settings = settings;
    measuredOf(point, path, config, lab);
    ratiosAt(point, path, lab);
    controlOf(point, path, config, lab);
    point.measured.forEach(({ callTimes }, k) => {
      if (callTimes && callTimes.stepNs !== machine.clockStepNs) refuse(`${path}.measured[${k}].callTimes.stepNs`, callTimes.stepNs, `${machine.clockStepNs}, as the clock's step`);
    });
  });
  eachOnce(points);
  return completed({ ...made, format: 3 }, lab);
}

/**
 * @param {string | Parts} protocol
 * @param {string} path
 * @param {Catalogue} lab
 * @returns {string | Parts} With all its parts.
 */
function protocolOf(protocol, path, { protocols, parts }) {
  if (typeof protocol === 'string') {
    return protocols.some(({ name }) => name === protocol) ? protocol : refuse(path, protocol, `one of ${protocols.map(({ name }) => name).join(', ')}, or parts`);
  }
  for (const name of Object.keys(protocol)) if (!parts.some((part) => part.name === name)) refuse(`${path}.${name}`, protocol[name], 'left out: there is no such part');
  return Object.fromEntries(parts.map(({ name, type, choices = [], default: usual }) => {
    const value = protocol[name] ?? usual;
    const good = type === 'boolean' ? typeof value === 'boolean' : choices.some((choice) => choice.value === value);
    return good ? [name, value] : refuse(`${path}.${name}`, value, type === 'boolean' ? 'true or false' : `one of ${choices.map((choice) => choice.value).join(', ')}`);
  }));
}

/**
 * @param {FieldInfo} field
 * @param {unknown} value
 * @param {string} path
 */
function inRange({ type, choices = [], min = 0, max = 0 }, value, path) {
  if (type === 'choice') {
    if (!choices.some((choice) => choice.value === value)) refuse(path, value, `one of ${choices.map((choice) => choice.value).join(', ')}`);
  } else if (typeof value !== 'number' || value < min || value > max) refuse(path, value, `an integer from ${min} to ${max}`);
}

/**
 * @param {Record<string, unknown>} settings
 * @param {string} path
 * @param {readonly FieldInfo[]} fields
 */
function settingsOf(settings, path, fields) {
  for (const field of fields) inRange(field, settings[field.name], `${path}.${field.name}`);
  for (const name of Object.keys(settings)) if (!fields.some((field) => field.name === name)) refuse(`${path}.${name}`, settings[name], 'left out: there is no such field');
}

/**
 * @param {{ field: string, values: number[] }} sweep
 * @param {Catalogue} lab
 */
function sweepOf({ field, values }, { comparing: { sweeps, fields } }) {
  const info = sweeps.some((sweep) => sweep.field === field) && fields.find(({ name }) => name === field);
  if (!info) return refuse('config.sweep.field', field, `one of ${sweeps.map((sweep) => sweep.field).join(', ')}`);
  values.forEach((value, i) => {
    inRange(info, value, `config.sweep.values[${i}]`);
    if (values.indexOf(value) < i) refuse(`config.sweep.values[${i}]`, value, 'a value that the sweep does not have yet');
  });
  return values;
}

/**
 * @param {ComparisonPoint} point Its protocols get all their parts.
 * @param {string} path
 * @param {ComparisonData['config']} config
 * @param {Catalogue} lab
 */
function measuredOf({ measured }, path, { protocols, fields }, lab) {
  if (measured.length !== protocols.length) refuse(`${path}.measured`, measured, `a list of ${protocols.length}, one for each protocol`);
  measured.forEach((each, k) => {
    const here = `${path}.measured[${k}]`;
    const wanted = protocols[k] ?? '';
    each.protocol = protocolOf(each.protocol, `${here}.protocol`, lab);
    // Parts are in one order now.
    if (JSON.stringify(each.protocol) !== JSON.stringify(wanted)) refuse(`${here}.protocol`, each.protocol, `that of config.protocols[${k}]`);
    // Of a preset both are known for ever. What parts are called, and what is known of them, may have changed.
    if (typeof wanted === 'string') {
      if (each.name !== wanted) refuse(`${here}.name`, each.name, `${wanted}, as the protocol`);
      const correct = isCorrect(wanted, lab);
      if (each.correct !== correct) refuse(`${here}.correct`, each.correct, `${correct}, for ${wanted} is ${correct ? 'right' : 'wrong'}`);
    }
    if (each.trials.length > Number(fields['rounds'])) refuse(`${here}.trials`, each.trials, `a list of ${fields['rounds']} at the most, one for each round`);
    const names = lab.comparing.metrics.map(({ name }) => name);
    for (const name of Object.keys(each.metrics)) if (!names.includes(name)) refuse(`${here}.metrics.${name}`, each.metrics[name], 'left out: there is no such metric');
    for (const name of names) {
      const [figure, values] = [each.metrics[name], valuesOf(each.trials, name)];
      if (figure === undefined) refuse(`${here}.metrics.${name}`, figure, 'there');
      if (!figure) continue;
      const [least, middle, most] = [Math.min(...values), median(values), Math.max(...values)];
      if (!close(figure.min, least) || !close(figure.median, middle) || !close(figure.max, most)) {
        refuse(`${here}.metrics.${name}`, figure, 'what the trials come to');
      }
      intervalOf(figure, values, `${here}.metrics.${name}`);
    }
  });
}

/**
 * @param {ComparisonPoint} point
 * @param {string} path
 * @param {Catalogue} lab
 */
function ratiosAt({ measured, ratios }, path, lab) {
  const [first] = measured;
  const names = lab.comparing.metrics.map(({ name }) => name);
  ratios.forEach(({ protocol, metric }, i) => {
    const here = `${path}.ratios[${i}]`;
    if (protocol < 1 || protocol >= measured.length) refuse(`${here}.protocol`, protocol, 'the index of a protocol that is not the first');
    if (!names.includes(metric)) refuse(`${here}.metric`, metric, `one of ${names.join(', ')}`);
    if (ratios.findIndex((each) => each.protocol === protocol && each.metric === metric) < i) refuse(`${here}.metric`, metric, 'a metric that this protocol has no ratio of yet');
  });
  measured.forEach((ours, protocol) => {
    if (!first || protocol === 0) return;
    for (const metric of names) {
      const i = ratios.findIndex((each) => each.protocol === protocol && each.metric === metric);
      const found = ratios[i];
      const values = ours.metrics[metric] && first.metrics[metric] ? ratiosOf(ours.trials, first.trials, metric) : [];
      if (found) findingOf(found, values, `${path}.ratios[${i}]`, lab);
      else if (values.length > 0) refuse(`${path}.ratios`, ratios, `a list with ${metric} of ${protocolName(ours.protocol, lab)}`);
    }
  });
}

/**
 * @param {ComparisonPoint} point
 * @param {string} path
 * @param {ComparisonData['config']} config
 * @param {Catalogue} lab
 */
function controlOf({ measured, control, controlTrials }, path, { fields }, lab) {
  const [first] = measured;
  if (controlTrials && controlTrials.length > Number(fields['rounds'])) refuse(`${path}.controlTrials`, controlTrials, `a list of ${fields['rounds']} at the most, one for each round`);
  if (fields['control'] === 'none' && (control ?? controlTrials)) refuse(`${path}.control`, control, 'null, for there is none in the configuration');
  if (!control || !first) return;
  if (control.protocol !== 0) refuse(`${path}.control.protocol`, control.protocol, '0');
  if (control.metric !== OF_THE_CONTROL) refuse(`${path}.control.metric`, control.metric, OF_THE_CONTROL);
  // Earlier versions did not keep its trials.
  if (controlTrials) findingOf(control, ratiosOf(first.trials, controlTrials, OF_THE_CONTROL), `${path}.control`, lab);
  else verdictOf(control, `${path}.control`, lab);
}

/**
 * @param {Ratio} ratio
 * @param {readonly number[]} values Of the rounds.
 * @param {string} path
 * @param {Catalogue} lab
 */
function findingOf(ratio, values, path, lab) {
  if (ratio.rounds !== values.length) refuse(`${path}.rounds`, ratio.rounds, `${values.length}, in which trials have both`);
  if (!close(ratio.ratio, median(values))) refuse(`${path}.ratio`, ratio.ratio, `${median(values)}, as the trials come to`);
  intervalOf(ratio, values, path);
  verdictOf(ratio, path, lab);
}

/**
 * @param {Ratio} ratio
 * @param {string} path
 * @param {Catalogue} lab
 */
function verdictOf({ low, high, rounds, verdict }, path, { comparing }) {
  const supported = rounds < leastRounds(comparing) || (low <= 1 && high >= 1) ? 'no-difference' : low > 1 ? 'higher' : 'lower';
  if (verdict !== supported) refuse(`${path}.verdict`, verdict, `${supported}, as ${rounds} rounds and an interval from ${low} to ${high} support`);
}

/**
 * @param {{ low: number, high: number }} interval
 * @param {readonly number[]} values
 * @param {string} path
 */
function intervalOf({ low, high }, values, path) {
  const bounds = intervalBounds(values);
  for (const [end, value, [least, most]] of /** @type {const} */ ([['low', low, bounds.low], ['high', high, bounds.high]])) {
    const within = (value >= least && value <= most) || close(value, least) || close(value, most);
    if (!within) refuse(`${path}.${end}`, value, `from ${least} to ${most}, for an interval of these trials`);
  }
}

/** No two trials have the same turn. @param {readonly ComparisonPoint[]} points */
function eachOnce(points) {
  const seen = new Set();
  points.forEach(({ measured, controlTrials }, i) => {
    const all = [...measured.map(({ trials }, k) => /** @type {const} */ ([`measured[${k}].trials`, trials])), /** @type {const} */ (['controlTrials', controlTrials ?? []])];
    for (const [name, trials] of all) {
      trials.forEach(({ turn }, round) => {
        if (turn !== null && seen.has(turn)) refuse(`points[${i}].${name}[${round}].turn`, turn, 'a turn that no other trial has');
        seen.add(turn);
      });
    }
  });
}

/** @param {number} a @param {number} b */
function close(a, b) {
  return Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b));
}
