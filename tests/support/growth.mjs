/** Whether something grows, by how much there was of it at some times. */
import { median } from 'simple-statistics';

/**
 * How fast it grows: the median of the slopes between all pairs of points (Theil and Sen). A few points that are far off, as
 * after a collector that came late, do not move it.
 *
 * @param {{ at: number, value: number }[]} points  at least two, at different times
 * @returns {number} value by time
 */
export function slope(points) {
  const slopes = points.flatMap((to, i) => points.slice(0, i).map((from) => (to.value - from.value) / (to.at - from.at)));
  if (slopes.length === 0) throw new Error(`${points.length} points have no slope`);
  return median(slopes);
}

/**
 * What grows faster than it may.
 *
 * @param {{ at: number, held: Record<string, number> }[]} points
 * @param {Record<string, number>} bounds  by name of what is held: so much by time
 * @returns {{ name: string, slope: number, bound: number }[]}
 */
export const growing = (points, bounds) => Object.entries(bounds)
  .map(([name, bound]) => ({ name, bound, slope: slope(points.map(({ at, held }) => ({ at, value: held[name] }))) }))
  .filter(({ slope, bound }) => slope > bound);
