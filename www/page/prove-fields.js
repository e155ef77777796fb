/** The knobs of a search, described as the lab describes those of a run: label, range, one sentence. */

/** @typedef {import('./types.js').FieldInfo} FieldInfo */
/** @typedef {'states' | 'persistent' | 'traces' | 'random' | 'pct' | 'starvation'} Engine */
/** @typedef {Omit<import('./prove-types.js').ExploreConfig, 'scenario' | 'protocol' | 'sizes'>} ExploreOptions */
/** @typedef {import('./prove-types.js').ProofScenario} ProofScenario */
/** @typedef {Record<string, number | string>} Values */

export const SIZES = 'sizes.';
export const BOUNDS = 'bounds.';

const MEBIBYTE = 1024 * 1024;
const ANY = 'any';
/** Executions of an engine that samples, where nobody says how many. */
const SAMPLES = 10_000;
/** The engine whose schedules are of endless readers. */
export const STARVATION = 'starvation';

/** @type {readonly (FieldInfo & { engines?: readonly Engine[] })[]} */
const FIELDS = [
  {
    name: 'engine', label: 'Engine', help: 'How the interleavings are gone through.', unit: null, type: 'choice', default: 'states',
    // Which there are the lab says.
    choices: [],
  },
  {
    name: 'fairness', label: 'Fairness', help: 'What the scheduler owes a thread.', unit: null, type: 'choice', default: 'weak', engines: ['starvation'],
    choices: [
      { value: 'weak', label: 'Weak', help: 'a thread that can always go on goes on some time.' },
      { value: 'strong', label: 'Strong', help: 'a thread that can go on again and again goes on some time.' },
    ],
  },
  {
    name: 'whole', label: 'After a violation', help: 'Whether the search ends with what it was looking for.', unit: null, type: 'choice', default: 'stop', engines: ['states', 'traces'],
    choices: [
      { value: 'stop', label: 'Stop at the first' },
      { value: 'on', label: 'Go on, and count the broken ones' },
    ],
  },
  { name: 'depth', label: 'Depth of the bug', help: 'How many ordered steps the bug needs: PCT changes priorities one time fewer.', unit: null, type: 'integer', min: 1, max: 16, default: 3, engines: ['pct'] },
  { name: 'seed', label: 'Seed', help: 'The same seed makes the same choices.', unit: null, type: 'integer', min: 0, max: 4_294_967_295, default: 1, engines: ['random', 'pct'] },
  { name: 'threads', label: 'Workers', help: 'Threads that share the search of states; 0 is one for each core. Other engines, and pages without shared memory, have one.', unit: null, type: 'integer', min: 0, max: 64, default: 0, engines: ['states'] },
  {
    name: `${BOUNDS}preemptions`, label: 'Preemptions', help: 'How often a thread that could go on may be interrupted.', unit: null, type: 'choice', default: ANY, engines: ['states'],
    choices: [{ value: ANY, label: 'any number' }, ...Array.from({ length: 7 }, (_, n) => ({ value: String(n), label: `at most ${n}` }))],
  },
  { name: `${BOUNDS}steps`, label: 'Steps', help: 'Of one execution; 0 is no bound.', unit: null, type: 'integer', min: 0, max: 1_000_000, default: 0, engines: ['states', 'traces', 'random', 'pct', 'starvation'] },
  { name: `${BOUNDS}count`, label: 'States or executions', help: 'How many at most; 0 is no bound, and 10,000 for random walks and PCT.', unit: null, type: 'integer', min: 0, max: 10_000_000_000, default: 0 },
  { name: `${BOUNDS}mebibytes`, label: 'Memory', help: 'For the states that are remembered; 0 is as much as the browser gives.', unit: 'MiB', type: 'integer', min: 0, max: 4096, default: 0 },
  { name: `${BOUNDS}milliseconds`, label: 'Time', help: '0 is until it is over.', unit: 'ms', type: 'integer', min: 0, max: 86_400_000, default: 60_000 },
];

export const ENGINE_GROUPS = [
  { title: 'Search', names: ['engine', 'fairness', 'depth', 'seed', 'whole'], open: true },
  { title: 'Bounds', names: [`${BOUNDS}preemptions`, `${BOUNDS}steps`, `${BOUNDS}count`, `${BOUNDS}mebibytes`, `${BOUNDS}milliseconds`, 'threads'], open: false },
];

/** @param {import('./prove-types.js').Lab} lab  @returns {FieldInfo[]} */
export function searchFields(lab) {
  const choices = lab.engines.map(({ name, label, help }) => ({ value: name, label, help }));
  return FIELDS.map((field) => (field.name === 'engine' ? { ...field, choices } : field));
}

/** @type {Values} */
export const SEARCH_DEFAULTS = Object.fromEntries(FIELDS.map((field) => [field.name, field.default]));

/** @param {string} name  of a field  @param {unknown} engine  @returns {boolean} whether it means something to that engine */
export function concerns(name, engine) {
  const field = FIELDS.find((known) => known.name === name);
  return field?.engines === undefined || field.engines.some((known) => known === engine);
}

/** @param {ProofScenario | undefined} scenario  @returns {FieldInfo[]} its sizes */
export function sizeFields(scenario) {
  return (scenario?.sizes ?? []).map((size) => ({ ...size, name: SIZES + size.name, unit: null, type: /** @type {const} */ ('integer') }));
}

/** @param {Values} values  of size fields  @returns {Record<string, number>} as the lab takes them */
export function sizesOf(values) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name.slice(SIZES.length), Number(value)]));
}

/**
 * @param {Values} values  of search fields
 * @returns {ExploreOptions} as the lab takes them
 */
export function optionsOf(values) {
  const engine = /** @type {Engine} */ (values['engine']);
  const bound = (/** @type {string} */ name) => Number(values[BOUNDS + name]);
  const wanted = (/** @type {string} */ name) => concerns(name, engine);
  const most = bound('count') || (engine === 'random' || engine === 'pct' ? SAMPLES : 0);
  const preemptions = values[`${BOUNDS}preemptions`];
  return {
    engine,
    ...(wanted('fairness') && { fairness: /** @type {'weak' | 'strong'} */ (values['fairness']) }),
    ...(wanted('whole') && { whole: values['whole'] === 'on' }),
    ...(wanted('depth') && { depth: Number(values['depth']) }),
    ...(wanted('seed') && { seed: Number(values['seed']) }),
    ...(wanted('threads') && Number(values['threads']) !== 0 && { threads: Number(values['threads']) }),
    bounds: {
      ...(wanted(`${BOUNDS}steps`) && bound('steps') !== 0 && { steps: bound('steps') }),
      ...(wanted(`${BOUNDS}preemptions`) && preemptions !== ANY && { preemptions: Number(preemptions) }),
      ...(most > 0 && { count: most }),
      ...(bound('mebibytes') !== 0 && { bytes: bound('mebibytes') * MEBIBYTE }),
      // Left out, it would be a minute.
      milliseconds: bound('milliseconds') === 0 ? null : bound('milliseconds'),
    },
  };
}

/** @param {string} name  in a `ConfigError`, as the lab calls it  @returns {string} the field's here */
export function fieldOf(name) {
  return name === `${BOUNDS}bytes` ? `${BOUNDS}mebibytes` : name;
}
