/**
 * aio-ring-lab: a race in the Linux AIO ring, on real threads in the browser. Importing this does nothing, and is safe on a server.
 *
 *     import { createLab } from 'aio-ring-lab';
 *     const lab = await createLab();
 *     const run = lab.run({ protocol: 'linux-3.12', durationMs: 2000 });
 *     for await (const { timeMs, events, corruptions } of run) console.log(timeMs, events, corruptions);
 *     console.log((await run.report).firstCorruption?.trace.toText());
 *     await lab.dispose();
 *
 * @module
 */
export { createLab, Lab } from './lab.js';
export { Run } from './run.js';
export { Comparison } from './comparison.js';
export { Trace } from './trace.js';
export {
  ComparisonError,
  ConfigError,
  LabBusyError,
  LabDisposedError,
  LabError,
  LoadError,
  NotIsolatedError,
  TraceError,
  WorkerCrashedError,
} from './errors.js';

/** @typedef {import('./types-compare.js').CompareConfig} CompareConfig */
/** @typedef {import('./types-compare.js').CompareInfo} CompareInfo */
/** @typedef {import('./types-compare.js').CompareProgress} CompareProgress */
/** @typedef {import('./types-compare.js').ComparisonData} ComparisonData */
/** @typedef {import('./types-run.js').Corruption} Corruption */
/** @typedef {import('./types.js').Expectation} Expectation */
/** @typedef {import('./types.js').FieldInfo} FieldInfo */
/** @typedef {import('./types-run.js').FrameMap} FrameMap */
/** @typedef {import('./types.js').KindInfo} KindInfo */
/** @typedef {import('./types.js').LabOptions} LabOptions */
/** @typedef {import('./types.js').Outcome} Outcome */
/** @typedef {import('./types.js').PartInfo} PartInfo */
/** @typedef {import('./types.js').Parts} Parts */
/** @typedef {import('./types.js').ProtocolInfo} ProtocolInfo */
/** @typedef {import('./types-run.js').Reason} Reason */
/** @typedef {import('./types-prove.js').ReplayOptions} ReplayOptions */
/** @typedef {import('./types-prove.js').ReplayProgress} ReplayProgress */
/** @typedef {import('./types-prove.js').ReplayReport} ReplayReport */
/** @typedef {import('./types-run.js').Report} Report */
/** @typedef {import('./types.js').Role} Role */
/** @typedef {import('./types-run.js').RunConfig} RunConfig */
/** @typedef {import('./types-run.js').RunState} RunState */
/** @typedef {import('./types-run.js').Sample} Sample */
/** @typedef {import('./types.js').ScenarioInfo} ScenarioInfo */
/** @typedef {import('./types-run.js').Step} Step */
/** @typedef {import('./types-run.js').ThreadReport} ThreadReport */
/** @typedef {import('./types-run.js').TraceData} TraceData */
/** @typedef {import('./types-run.js').UsedConfig} UsedConfig */
/** @typedef {import('./types-run.js').WaitForCycle} WaitForCycle */
