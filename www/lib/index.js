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

/** @typedef {import('./types.js').CompareConfig} CompareConfig */
/** @typedef {import('./types.js').CompareInfo} CompareInfo */
/** @typedef {import('./types.js').CompareProgress} CompareProgress */
/** @typedef {import('./types.js').ComparisonData} ComparisonData */
/** @typedef {import('./types.js').Corruption} Corruption */
/** @typedef {import('./types.js').Expectation} Expectation */
/** @typedef {import('./types.js').FieldInfo} FieldInfo */
/** @typedef {import('./types.js').FrameMap} FrameMap */
/** @typedef {import('./types.js').KindInfo} KindInfo */
/** @typedef {import('./types.js').LabOptions} LabOptions */
/** @typedef {import('./types.js').Outcome} Outcome */
/** @typedef {import('./types.js').PartInfo} PartInfo */
/** @typedef {import('./types.js').Parts} Parts */
/** @typedef {import('./types.js').ProtocolInfo} ProtocolInfo */
/** @typedef {import('./types.js').Reason} Reason */
/** @typedef {import('./types.js').ReplayOptions} ReplayOptions */
/** @typedef {import('./types.js').ReplayProgress} ReplayProgress */
/** @typedef {import('./types.js').ReplayReport} ReplayReport */
/** @typedef {import('./types.js').Report} Report */
/** @typedef {import('./types.js').Role} Role */
/** @typedef {import('./types.js').RunConfig} RunConfig */
/** @typedef {import('./types.js').RunState} RunState */
/** @typedef {import('./types.js').Sample} Sample */
/** @typedef {import('./types.js').ScenarioInfo} ScenarioInfo */
/** @typedef {import('./types.js').Step} Step */
/** @typedef {import('./types.js').ThreadReport} ThreadReport */
/** @typedef {import('./types.js').TraceData} TraceData */
/** @typedef {import('./types.js').UsedConfig} UsedConfig */
/** @typedef {import('./types.js').WaitForCycle} WaitForCycle */
