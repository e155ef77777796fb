/** What the real lab does with its search, done with the little world: the same shapes, so that the page cannot tell. */
import { Trace } from '../real-index.js';
import { World } from './world.js';

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** As long as `slowSearch` says. @param {AbortSignal | undefined} signal @param {(i: number, milliseconds: number) => void} [tell] */
async function takeTime(signal, tell) {
  const began = performance.now();
  for (let i = 1; performance.now() - began < (globalThis.slowSearch ?? 0); i++) {
    tell?.(i, performance.now() - began);
    await sleep(40);
    signal?.throwIfAborted();
  }
}

const SIZES = [
  { name: 'readers', label: 'Readers', help: 'Threads that read one event each.', min: 1, max: 4, default: 1 },
  { name: 'migrations', label: 'Migrations', help: 'How often the page moves.', min: 1, max: 4, default: 1 },
];

/** @param {any} lab the real one @param {any} errors */
export function dress(lab, { ConfigError }) {
  const fake = Object.create(lab);
  const scenarios = lab.scenarios.map((/** @type {any} */ scenario) => (scenario.protocols ? scenario : { ...scenario, sizes: SIZES }));
  const asked = { examine: 0, replay: [], nearest: 0 };
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
        refused = { move, thread: name, reason: world.threads[thread] ? `${name} waits for ring_lock` : 'there is no such thread' };
        break;
      }
      world.step(thread, move);
      views.push(world.view());
    }
    const finding = world.finding();
    const trace = new Trace({ ...subject, schedule: schedule.slice(0, refused?.move ?? schedule.length), ...world.lanes(), steps: world.steps, complete: true, breaks: finding?.invariant });
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
    if (globalThis.brokenExamine) throw new Error('the search is out of order');
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
    await takeTime(signal, (i, milliseconds) => {
      onProgress?.({ states: i * 40_000, traces: 0, transitions: i * 90_000, depth: Math.min(11, i), bytes: i * 2 ** 20, milliseconds, rate: 2_000_000 });
    });
    if (subject.scenario === 'miniature') return { outcome: 'proved', states: 26, transitions: 40, seconds: 0.001, covers: 'every interleaving of 1 read and 1 migration.', ...common };
    const all = subject.sizes?.readers > 1 ? [] : [...schedules(subject)];
    const schedule = all.map((each) => ({ each, seen: follow(subject, each) })).find(({ seen }) => seen.finding);
    if (schedule) {
      const { finding, trace } = schedule.seen;
      return { outcome: 'violated', states: 64, transitions: 120, seconds: 0.012, covers: 'every interleaving of 1 reader with 1 read and 1 migrator with 1 migration, a ring of two pages', ...common, violation: { ...finding, trace } };
    }
    if (engine === 'pct' || bounds.count) {
      return { outcome: 'bound-reached', bound: 'count', traces: 1000, seconds: 0.02, covers: 'every interleaving of 1 reader with 1 read and 1 migrator with 1 migration, a ring of two pages', detection: { runs: 1000, depth: 3, perRun: 0.0041, inAll: 0.9836 }, ...common };
    }
    return { outcome: 'proved', states: 64, transitions: 120, seconds: 0.012, covers: 'every interleaving of 1 reader with 1 read and 1 migrator with 1 migration, a ring of two pages.', ...common };
  };
  fake.nearestGood = async ({ schedule, signal, ...subject }) => {
    asked.nearest += 1;
    await takeTime(signal).finally(() => (asked.nearest -= 1));
    const turns = (/** @type {any[]} */ of) => of.filter(([thread], i) => i > 0 && of[i - 1][0] !== thread).length;
    const good = [...schedules(subject)].filter((each) => !follow(subject, each).finding).sort((a, b) => Math.abs(turns(a) - turns(schedule)) - Math.abs(turns(b) - turns(schedule)))[0];
    return good ? { trace: follow(subject, good).trace, switches: 2, departures: [4], outOfTurn: [4, 6], outcome: 'found' } : { trace: null, switches: null, outcome: 'none' };
  };
  fake.replay = async (trace, { times = 1, protocol, signal, onProgress } = {}) => {
    asked.replay.push({ times, protocol: protocol ?? null });
    for (let done = 0; done <= times; done += Math.max(1, times / 10)) {
      if (signal?.aborted) return { times, broke: done, followed: done, findings: {}, seconds: 0.1, aborted: true };
      onProgress?.({ done, times, broke: done });
      await sleep(15);
    }
    if (protocol === 'v4') {
      return { times, broke: 0, followed: 0, refused: { move: 6, thread: 'migrator 1', step: 'trylock(ring_lock)', reason: 'reader 1 holds it' }, findings: {}, seconds: 0.2 };
    }
    return { times, broke: times, followed: times, findings: { lost: times }, seconds: 0.4 };
  };
  fake.matrix = async ({ pairs = false, signal, onCell }) => {
    const names = lab.columns.map((/** @type {any} */ column) => column.name);
    const columns = [...names.map((/** @type {string} */ name) => [name]), ...(pairs ? names.slice(1).map((/** @type {string} */ name) => [names[0], name]) : [])];
    const cells = [];
    for (const scenario of scenarios.filter(({ protocols }) => !protocols)) {
      for (const [i, taken] of columns.entries()) {
        signal?.throwIfAborted();
        const lost = scenario.name === 'lost-head' && taken.includes('ringLock=none');
        const outcome = lost ? 'broken' : scenario.name === 'abba' && i === 1 ? 'deadlock' : i === 3 ? 'bound-reached' : scenario.name === 'starvation' ? 'not-applicable' : 'proved';
        const schedule = lost && [...schedules({ protocol: 'linux-3.12' })].find((each) => follow({ protocol: 'linux-3.12' }, each).finding);
        const cell = {
          index: cells.length, scenario: scenario.name, parts: taken, outcome, states: 1200 + i, seconds: 0.01, ...((lost || outcome === 'deadlock') && { length: 11 }),
          config: { scenario: scenario.name, protocol: { ...lab.protocols.find((/** @type {any} */ { name }) => name === 'v4').parts, ...(lost && { ringLock: 'none' }) }, sizes: { readers: 1 }, ...(schedule && { schedule }) },
        };
        cells.push(cell);
        onCell?.(cell);
        if (globalThis.slowSearch) await sleep(5);
      }
    }
    const scenario = ['lost-head'];
    return { cells, needed: [{ parts: ['ringLock=none'], scenarios: scenario }], together: [], redundant: [names.at(-1)], text: ['Without ring_lock the head is lost.'] };
  };
  return fake;
}
