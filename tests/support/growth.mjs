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
 * What has grown by more than it may, from the first point to the last, by its slope.
 *
 * @param {{ at: number, held: Record<string, number> }[]} points
 * @param {(name: string, length: number) => number} bound  of what is held, for so much time
 * @returns {{ name: string, grown: number, bound: number }[]}
 */
export function growing(points, bound) {
  const length = points[points.length - 1].at - points[0].at;
  return Object.keys(points[0].held)
    .map((name) => ({ name, bound: bound(name, length), grown: length * slope(points.map(({ at, held }) => ({ at, value: held[name] }))) }))
    .filter(({ grown, bound }) => grown > bound);
}
