/** What the real lab does with its search, done with the little world: the same shapes, so that the page cannot tell. */
import { Trace } from './trace.js';
import { World } from './world.js';

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

const SIZES = [
  { name: 'readers', label: 'Readers', help: 'Threads that read one event each.', min: 1, max: 4, default: 1 },
  { name: 'migrations', label: 'Migrations', help: 'How often the page moves.', min: 1, max: 4, default: 1 },
];
const MINIATURE = {
  name: 'miniature', title: 'Miniature', summary: 'Two pages, a pointer, two heads: the race in its smallest form.', invariants: [{ name: 'M1', text: 'the head has counted all reads' }], shows: [],
  onThreads: false, note: 'It has no ring.', settings: {}, expected: {}, brokenBy: [],
  protocols: ['racy', 'spinlock', 'trylock', 'trylock-ignored'].map((name) => ({ name, title: name, summary: `the ${name} one`, correct: name !== 'racy' && name !== 'trylock-ignored' })),
  sizes: [{ name: 'reads', label: 'Reads', help: 'Of the reader.', min: 1, max: 12, default: 1 }, { name: 'migrations', label: 'Migrations', help: 'Of the migrator.', min: 1, max: 12, default: 1 }],
};

/** @param {any} lab the real one @param {any} errors */
export function dress(lab, { ConfigError }) {
  const fake = Object.create(lab);
  const scenarios = [...lab.scenarios.map((/** @type {any} */ scenario) => ({ ...scenario, sizes: SIZES })), MINIATURE];
  const asked = { examine: 0, replay: [] };
  const check = ({ scenario, protocol, sizes = {} }) => {
    const known = scenarios.find(({ name }) => name === scenario);
    if (!known) throw new ConfigError('scenario', scenario, `one of ${scenarios.map(({ name }) => name).join(', ')}`);
    for (const [name, value] of Object.entries(sizes)) {
      const size = known.sizes.find((/** @type {any} */ other) => other.name === name);
      if (!size || !(value >= size.min && value <= size.max)) throw new ConfigError(`sizes.${name}`, value, `an integer from ${size?.min} to ${size?.max}`);
    }
    const names = [...(known.protocols ?? lab.protocols)].map(({ name }) => name);
    if (typeof protocol === 'string' && !names.includes(protocol)) throw new ConfigError('protocol', protocol, `one of ${names.join(', ')}`);
  };

  const follow = (subject, schedule) => {
    const world = new World(subject);
    const views = [world.view()];
    let refused;
    for (const [move, [thread]] of schedule.entries()) {
      if (!world.can(thread)) {
        const name = world.threads[thread]?.name ?? `thread ${thread}`;
        refused = { move, thread: name, reason: world.threads[thread] ? `${world.intent(thread)?.label ?? 'it'} cannot happen now.` : 'there is no such thread.' };
        break;
      }
      world.step(thread, move);
      views.push(world.view());
    }
    const finding = world.finding();
    const trace = new Trace({ ...subject, schedule: schedule.slice(0, refused?.move ?? schedule.length), threads: world.lanes(), steps: world.steps, complete: true });
    return { trace, views, moves: world.moves(), standing: world.standing, ...(finding && { finding }), ...(refused && { refused }) };
  };

  /** All schedules, by depth. */
  function* schedules(subject, prefix = []) {
    const world = new World(subject);
    prefix.forEach(([thread], move) => world.step(thread, move));
    const moves = world.moves();
    if (moves.length === 0) yield prefix;
    for (const { thread, way } of moves) yield* schedules(subject, [...prefix, [thread, way]]);
  }

  fake.scenarios = scenarios;
  Object.defineProperty(fake, 'isolated', { get: () => lab.isolated });
  fake.asked = asked;
  fake.examine = async ({ schedule, ...subject }) => {
    asked.examine += 1;
    check(subject);
    return follow(subject, schedule);
  };
  fake.estimate = async (config) => {
    check(config);
    return { probes: 1000, schedulesLog10: 2.66, spread: 0.04, steps: { mean: 11, most: 11 }, statesSeen: 60, states: 64 };
  };
  fake.explore = async ({ signal, onProgress, engine = 'states', bounds = {}, ...subject }) => {
    check(subject);
    const config = { ...subject, engine, bounds };
    const common = { depth: 11, bytes: 2 ** 21, overlooked: 1e-12, config };
    const slow = globalThis.slowSearch ?? 0;
    const began = performance.now();
    for (let i = 1; performance.now() - began < slow; i++) {
      onProgress?.({ states: i * 40_000, traces: 0, transitions: i * 90_000, depth: Math.min(11, i), bytes: i * 2 ** 20, milliseconds: performance.now() - began, rate: 2_000_000 });
      await sleep(40);
      if (signal?.aborted) return { outcome: 'bound-reached', bound: 'cancelled', states: i * 40_000, seconds: 0.1, covers: 'Nothing whole: the search was cancelled.', ...common };
    }
    if (subject.scenario === 'miniature') return { outcome: 'proved', states: 26, transitions: 40, seconds: 0.001, covers: 'Every interleaving of 1 read and 1 migration.', ...common };
    const all = subject.sizes?.readers > 1 ? [] : [...schedules(subject)];
    const schedule = all.map((each) => ({ each, seen: follow(subject, each) })).find(({ seen }) => seen.finding);
    if (schedule) {
      const { finding, trace } = schedule.seen;
      return { outcome: 'violated', states: 64, transitions: 120, seconds: 0.012, covers: 'Every interleaving up to the first violation.', ...common, violation: { ...finding, trace } };
    }
    if (engine === 'pct' || bounds.count) {
      return { outcome: 'bound-reached', bound: 'count', traces: 1000, seconds: 0.02, covers: '1,000 seeded executions.', detection: { runs: 1000, depth: 3, perRun: 0.0041, inAll: 0.9836 }, ...common };
    }
    return { outcome: 'proved', states: 64, transitions: 120, seconds: 0.012, covers: 'Every interleaving of 1 reader with 1 read and 1 migrator with 1 migration, a ring of two pages.', ...common };
  };
  fake.nearestGood = async ({ schedule, ...subject }) => {
    const turns = (/** @type {any[]} */ of) => of.filter(([thread], i) => i > 0 && of[i - 1][0] !== thread).length;
    const good = [...schedules(subject)].filter((each) => !follow(subject, each).finding).sort((a, b) => Math.abs(turns(a) - turns(schedule)) - Math.abs(turns(b) - turns(schedule)))[0];
    return good ? { trace: follow(subject, good).trace, switches: 2, outcome: 'found' } : { trace: null, switches: null, outcome: 'none' };
  };
  fake.replay = async (trace, { times = 1, protocol, signal, onProgress } = {}) => {
    asked.replay.push({ times, protocol: protocol ?? null });
    for (let done = 0; done <= times; done += Math.max(1, times / 10)) {
      if (signal?.aborted) return { times, broke: done, followed: done, findings: {}, seconds: 0.1, aborted: true };
      onProgress?.({ done, times, broke: done });
      await sleep(15);
    }
    if (protocol === 'v4') {
      return { times, broke: 0, followed: 0, refused: { move: 6, thread: 'migrator 1', step: 'trylock(ring_lock)', reason: 'reader 1 holds it.' }, findings: {}, seconds: 0.2 };
    }
    return { times, broke: times, followed: times, findings: { lost: times }, seconds: 0.4 };
  };
  fake.matrix = async ({ pairs = false, signal, onCell }) => {
    const parts = lab.parts.filter((/** @type {any} */ part) => !part.mutant).map((/** @type {any} */ part) => part.name);
    const columns = pairs ? parts.flatMap((a, i) => parts.slice(i + 1).map((b) => [a, b])) : parts.map((name) => [name]);
    const cells = [];
    for (const scenario of scenarios.filter(({ protocols }) => !protocols)) {
      for (const [i, taken] of columns.entries()) {
        if (signal?.aborted) return { cells, needed: [], redundant: [], text: [] };
        const lost = scenario.name === 'lost-head' && taken.includes('ringLock');
        const outcome = lost ? 'broken' : scenario.name === 'abba' && i === 1 ? 'deadlock' : i === 3 && scenario.name === 'setup' ? 'bound-reached' : scenario.name === 'starvation' ? 'not-applicable' : 'proved';
        const cell = {
          scenario: scenario.name, parts: taken, outcome, states: 1200 + i, seconds: 0.01, ...((lost || outcome === 'deadlock') && { length: 11 }),
          trace: { scenario: scenario.name, protocol: { ringLock: lost ? 'none' : 'try' }, sizes: { readers: 1 }, ...(lost && { schedule: follow({ scenario: scenario.name, protocol: 'linux-3.12' }, [...schedules({ protocol: 'linux-3.12' })].find((each) => follow({ protocol: 'linux-3.12' }, each).finding)).trace.schedule }) },
        };
        cells.push(cell);
        onCell?.(cell);
        if (globalThis.slowSearch) await sleep(5);
      }
    }
    return { cells, needed: [{ part: 'ringLock', scenarios: ['lost-head'] }], redundant: [parts.at(-1)], text: ['ring_lock in migration is what keeps the head.', 'One part is redundant for this bound.'] };
  };
  return fake;
}
